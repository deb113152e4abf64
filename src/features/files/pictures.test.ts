import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import sharp from 'sharp';
import type { Body, Person } from '#test/client.ts';
import { makePublishedCourse } from '#test/courses.ts';
import { here, storedKeys, uploadFile } from '#test/files.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

/** Left half red, right half blue. */
async function halves(width: number, height: number) {
  const blue = await sharp({ create: { width: width / 2, height, channels: 3, background: '#0000ff' } })
    .png()
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: '#ff0000' } }).composite([
    { input: blue, left: width / 2, top: 0 },
  ]);
}

suite('pictures', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const setAvatar = async (person: Person, content: Buffer | string, name = 'me.jpg') => {
    const { id } = await uploadFile(server, person, content, name);
    return server.put('/me/avatar', { fileId: id }, person.token);
  };
  const read = async (url: string) => {
    const answer = await fetch(here(server, url));
    assert.equal(answer.status, 200);
    return Buffer.from(await answer.arrayBuffer());
  };

  test('an avatar is cut square in three sizes, turned as the camera was held, without where it was taken', async () => {
    const jpeg = await (
      await halves(400, 200)
    )
      .withExif({ IFD0: { Copyright: 'Ann' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const source = await sharp(jpeg).metadata();
    assert.equal(source.orientation, 6);
    assert.ok(source.exif, 'the source has EXIF');
    const { status, body, text } = await setAvatar(people.student, jpeg);
    assert.equal(status, 200, text);
    for (const [size, edge] of [
      ['small', 64],
      ['medium', 256],
      ['large', 512],
    ] as const) {
      const bytes = await read(body.urls[size]);
      const found = await sharp(bytes).metadata();
      assert.deepEqual([found.format, found.width, found.height], ['webp', edge, edge]);
      assert.equal(found.exif, undefined);
      assert.equal(found.xmp, undefined);
      assert.equal(found.orientation, undefined);
      assert.doesNotMatch(bytes.toString('latin1'), /GPS|Exif|Ann/);
      // Turned by 90° to the right, the left half is above.
      const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
      const above = data.subarray(((edge / 8) * edge + edge / 2) * info.channels);
      const below = data.subarray((((edge * 7) / 8) * edge + edge / 2) * info.channels);
      assert.ok(above[0]! > 200 && above[2]! < 60, 'red above');
      assert.ok(below[2]! > 200 && below[0]! < 60, 'blue below');
    }
    assert.equal((await server.get('/me', people.student.token)).body.avatarUrl, body.urls.medium);
    const user = await server.get(`/users/${people.student.id}`, people.admin.token);
    assert.equal(user.body.avatarUrl, body.urls.medium);
  });

  test('its address is public and kept for ever; another picture has another, and the old one is gone', async () => {
    const png = await sharp({ create: { width: 10, height: 10, channels: 4, background: '#0f0' } })
      .png()
      .toBuffer();
    const first = (await setAvatar(people.otherStudent, png)).body;
    const answer = await fetch(here(server, first.urls.small));
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(answer.headers.get('content-type'), 'image/webp');
    const second = (await setAvatar(people.otherStudent, png)).body;
    assert.notEqual(second.id, first.id);
    assert.equal((await fetch(here(server, first.urls.small))).status, 404);
    assert.equal((await fetch(here(server, second.urls.small))).status, 200);
    const sources = await server.open.deps.db.selectFrom('file').select('id').execute();
    for (const { id } of sources) await server.delete(`/files/${id}`, people.admin.token);
    assert.equal((await fetch(here(server, second.urls.small))).status, 200, 'it needs its file no longer');
    assert.equal((await server.delete('/me/avatar', people.otherStudent.token)).status, 204);
    assert.equal(
      (await server.delete('/me/avatar', people.otherStudent.token)).status,
      204,
      'harmless twice',
    );
    assert.equal((await fetch(here(server, second.urls.small))).status, 404);
    assert.equal((await server.get('/me', people.otherStudent.token)).body.avatarUrl, null);
    const pictures = await server.open.deps.db.selectFrom('picture').select('id').execute();
    const keys = (await storedKeys(server)).filter((key) => key.startsWith('pictures/'));
    assert.equal(keys.length, pictures.length * 3);
    for (const path of [
      '/pictures/x/small',
      `/pictures/${first.id}/huge`,
      `/pictures/${people.admin.id}/small`,
    ])
      assert.equal((await server.get(path)).status, 404, path);
  });

  test('an animation gives its first frame', async () => {
    const frames = await Promise.all(
      ['#f00', '#00f'].map((background) =>
        sharp({ create: { width: 20, height: 20, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    assert.equal((await sharp(gif).metadata()).pages, 2);
    const { body } = await setAvatar(people.instructor, gif, 'a.gif');
    const bytes = await read(body.urls.small);
    assert.equal((await sharp(bytes).metadata()).pages, undefined);
    const [red = 0, , blue = 0] = await sharp(bytes).raw().toBuffer();
    assert.ok(red > 200 && blue < 60);
  });

  test('what is no picture, or unpacks to a huge one, is a clear 400', async () => {
    const { instructor } = people;
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: '#fff' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    assert.ok(bomb.length < 1_000_000);
    const valid = await sharp({ create: { width: 10, height: 10, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const lying = Buffer.from(valid);
    lying.writeUInt32BE(60_000, 16);
    lying.writeUInt32BE(60_000, 20);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>';
    for (const content of [
      svg,
      'text',
      bomb,
      lying,
      valid.subarray(0, 40),
      Buffer.from('89504e470d0a1a0a', 'hex'),
    ]) {
      const { status, body, text } = await setAvatar(instructor, content, 'me.png');
      assert.equal(status, 400, text);
      assert.equal(body.errors[0].code, 'picture_invalid');
    }
  });

  test('of pictures that many make at once, one is in memory and the others wait unread', async () => {
    const png = await sharp({ create: { width: 2_000, height: 2_000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const callers = [people.student, people.otherStudent, people.instructor, people.otherInstructor];
    const sources = await Promise.all(callers.map((person) => uploadFile(server, person, png, 'me.png')));
    const { files } = server.open.deps;
    const original = { read: files.read.bind(files), put: files.put.bind(files) };
    let reads = 0;
    const readsAtPut: number[] = [];
    files.read = (...given) => {
      reads += 1;
      return original.read(...given);
    };
    files.put = (...given) => {
      readsAtPut.push(reads);
      return original.put(...given);
    };
    try {
      const answers = await Promise.all(
        callers.map(({ token }, at) => server.put('/me/avatar', { fileId: sources[at]!.id }, token)),
      );
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    } finally {
      Object.assign(files, original);
    }
    assert.equal(reads, 4);
    assert.ok(readsAtPut[0]! <= 2, `${readsAtPut[0]} were read before the first was made`);
  });

  test('a person has one picture in hand; the next is told to wait', async () => {
    const png = await sharp({ create: { width: 500, height: 500, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const { id: fileId } = await uploadFile(server, people.student, png, 'me.png');
    const set = () => server.put('/me/avatar', { fileId }, people.student.token);
    const answers = await Promise.all([set(), set(), set()]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 429, 429]);
    assert.equal(answers.find(({ status }) => status === 429)?.headers.get('retry-after'), '1');
    assert.equal((await set()).status, 200);
  });

  test('a course shows its picture wherever it is shown, until its authors name another', async () => {
    const { instructor, student, otherInstructor } = people;
    const imageUrl = 'https://pictures.example.com/1.png';
    const { course } = await makePublishedCourse(server, instructor, { imageUrl });
    const path = `/courses/${course.id}/picture`;
    const { id: fileId } = await uploadFile(
      server,
      instructor,
      await (await halves(3_000, 1_500)).jpeg().toBuffer(),
    );
    const foreign = await uploadFile(server, otherInstructor, await (await halves(10, 10)).png().toBuffer());
    assert.equal((await server.put(path, { fileId }, otherInstructor.token)).status, 403);
    assert.equal((await server.put(path, { fileId: foreign.id }, instructor.token)).status, 404);
    const { body: picture, status, text } = await server.put(path, { fileId }, instructor.token);
    assert.equal(status, 200, text);
    const widths = await Promise.all(
      (['small', 'medium', 'large'] as const).map(
        async (size) => (await sharp(await read(picture.urls[size])).metadata()).width,
      ),
    );
    assert.deepEqual(widths, [480, 960, 1_920]);
    await server.post(`/courses/${course.id}/enrollments`, {}, student.token);
    const shown = async () => {
      const { body: one } = await server.get(`/courses/${course.id}`);
      const { body: list } = await server.get('/courses');
      const { body: mine } = await server.get('/me/enrollments', student.token);
      const listed = list.items.find(({ id }: Body) => id === course.id);
      return new Set([one.imageUrl, listed.imageUrl, mine.items[0].course.imageUrl]);
    };
    assert.deepEqual(await shown(), new Set([picture.urls.large]));
    const patch = (body: object) => server.patch(`/courses/${course.id}`, body, instructor.token);
    assert.equal((await patch({ imageUrl })).body.imageUrl, imageUrl);
    assert.deepEqual(await shown(), new Set([imageUrl]));
    await server.put(path, { fileId }, instructor.token);
    assert.equal((await server.delete(path, instructor.token)).status, 204);
    assert.deepEqual(await shown(), new Set([null]));
  });

  test('sent back as it was read, a course’s picture stays', async (t) => {
    const secure = await startTestServer({ config: { publicUrl: 'https://learn.example.edu' } });
    t.after(() => secure.stop());
    const { instructor } = await makePeople(secure);
    const { course } = await makePublishedCourse(secure, instructor);
    const { id: fileId } = await uploadFile(
      secure,
      instructor,
      await (await halves(10, 10)).png().toBuffer(),
    );
    const { body } = await secure.put(`/courses/${course.id}/picture`, { fileId }, instructor.token);
    assert.match(body.urls.large, /^https:\/\/learn\.example\.edu\/api\/v1\/pictures\//);
    const patch = { title: 'Renamed', imageUrl: body.urls.large };
    await secure.patch(`/courses/${course.id}`, patch, instructor.token);
    const { picture_id } = await secure.open.deps.db
      .selectFrom('course')
      .select('picture_id')
      .executeTakeFirstOrThrow();
    assert.equal(picture_id, body.id);
  });
});
