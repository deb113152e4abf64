import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';

// What the document of the Python system names, in its order: docs/operations.md says what takes the place of each.
const named = `
Dockerfile | python:3.11-slim | PYTHONDONTWRITEBYTECODE=1 | PYTHONUNBUFFERED=1 | adduser | appuser | /app/uploads
/app/certificates | chown | build-essential | libpq-dev | /var/lib/apt/lists | requirements.txt | --no-cache-dir
--retries 5 --timeout 120 | COPY . . | USER appuser | EXPOSE 8000 | uvicorn | app.main:app | Non-root user
Multi-stage build potential | Requirements separation

docker-compose.yml | docker-compose.staging.yml | docker-compose.prod.yml | docker-compose.demo.yml
docker-compose.observability.yml | build: . | --reload | env_file | environment | .:/app | depends_on | container_name
lms-api | lms-celery-worker | lms-celery-beat | lms-postgres | lms-redis | celery-worker | celery-beat
--queues=emails,progress,certificates,webhooks | --loglevel=info | --concurrency=4 | postgres:16-alpine | redis:7-alpine
POSTGRES_USER | POSTGRES_PASSWORD | POSTGRES_DB | Production-grade settings | Different environment variables
No debug mode | Separate network | image: lms-api:latest | restart: unless-stopped | redis-server --appendonly yes
prom/prometheus:latest | grafana/grafana:latest | AlertManager | prometheus.yml | 9090:9090 | 3000:3000

.env.production | .env.demo | PROJECT_NAME | VERSION | ENVIRONMENT | DEBUG | API_V1_PREFIX | ENABLE_API_DOCS
DATABASE_URL=postgresql+psycopg2:// | SQLALCHEMY_ECHO | REDIS_URL | CELERY_BROKER_URL | CELERY_RESULT_BACKEND | SECRET_KEY
ALGORITHM | ACCESS_TOKEN_EXPIRE_MINUTES | REFRESH_TOKEN_EXPIRE_DAYS | ACCESS_TOKEN_BLACKLIST_ENABLED
ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED | CORS_ORIGINS | CSRF_ENABLED | AZURE_STORAGE_CONNECTION_STRING
AZURE_STORAGE_CONTAINER_NAME | FILE_STORAGE_PROVIDER | DEMO_MODE

Infrastructure Layer | Application Layer | curl -f http://localhost:8000/api/v1/health | pg_isready -U lms | interval: 30s
timeout: 10s | retries: 3 | start_period: 40s | lms-network | driver: bridge | 172.20.0.0/16 | postgres_data
Daily snapshots | redis_data | Not critical (cache) | uploads | certificates | Azure Blob | grafana_data

docker build -t | az acr build | ssh user@vm-host | docker pull | docker-compose -f docker-compose.prod.yml up -d
azure-container-apps.yml | Microsoft.App/containerApps | cpu: 1.0 | memory: 2Gi | az postgres flexible-server create
Standard_B1ms | Burstable | az redis create | --sku Basic --vm-size c0 | az storage account create | Standard_LRS
az storage container create | lms-files

ci.yml | main | develop | ubuntu-latest | actions/checkout@v3 | actions/setup-python@v4 | python-version: '3.11'
pip install -r requirements.txt | pytest tests/ -v | docker build -t lms-api:test . | docker login | REGISTRY_USER
REGISTRY_PASSWORD | docker push | deploy-azure-vm.yml | workflow_dispatch | appleboy/ssh-action@v0.1.6 | AZURE_VM_HOST
AZURE_VM_USER | AZURE_VM_SSH_KEY | cd /opt/lms | docker system prune -f

Minimal base image | No secrets in image | Use environment variables | Regular updates | Update base images monthly
Network isolation | Custom bridge network | No exposed ports | Only 8000 (API) exposed | TLS/SSL
Terminated at load balancer | .env | GitHub secrets | Azure Key Vault | docker-compose up -d --scale api=3 | memory: 2G
memory: 1G | memory: 512M | upstream lms_api | api:8000 | api_2:8000 | api_3:8000 | docker-compose logs -f api
docker-compose logs -f celery-worker | docker logs lms-api | docker stats | docker inspect lms-api --format=
/api/v1/health | /api/v1/ready | /metrics
`;

suite('docs/operations.md', () => {
  test('has a row for each thing that the document of the Python system names', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../docs/operations.md'), 'utf8');
    // The left column: what was there.
    const there = [...page.matchAll(/^\| (.*?) \| /gm)].map(([, cell]) => cell).join('\n');
    const names = named.split(/\n+| \| /).filter((name) => name !== '');
    assert.ok(names.length > 170, String(names.length));
    assert.deepEqual(
      names.filter((name) => !there.includes(name)),
      [],
    );
  });
});
