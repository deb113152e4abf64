/** What production needs at least, and is content with. */
export const production = {
  ENVIRONMENT: 'production',
  PUBLIC_URL: 'https://learn.example.edu',
  DATABASE_URL: 'postgresql://lms:q8Zt3vLw0Yb7@db/lms',
  REDIS_URL: 'redis://cache',
  SECRET_KEY: 'w6Jx0m3Vt9ZLcYw1uRk5Pd8GhNfBsA2eTiOxUvK4yCE',
  ENCRYPTION_KEY: 'q7Jx0m3Vt9ZLcYw1uRk5Pd8GhNfBsA2eTiOxUvK4yCE=',
  SMTP_HOST: 'mail.example.edu',
  EMAIL_FROM: 'Academy <learn@example.edu>',
  BACKUP_DIR: '/backups',
  BACKUP_KEY: 'Vx4Wi1oB6Tf2PdGaU9jKsH7eXm5RcN0bYwLv3tZq',
};
