// Calls the probe contract with @grpc/grpc-js; prints "ok NAME" or "failed NAME: why" for every check.
'use strict';
const assert = require('node:assert');
const { randomUUID, randomBytes } = require('node:crypto');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [, , probeFile, healthFile, address, token] = process.argv;
const load = (file) => grpc.loadPackageDefinition(loader.loadSync(file, { keepCase: true, defaults: true, enums: Number }));
const { Probe } = load(probeFile).annex.probe.v1;
const { Health } = load(healthFile).grpc.health.v1;
const probe = new Probe(address, grpc.credentials.createInsecure());
const health = new Health(address, grpc.credentials.createInsecure());
const soon = () => ({ deadline: Date.now() + 30000 });

function bearer(more = {}) {
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  for (const [key, value] of Object.entries(more)) metadata.set(key, value);
  return metadata;
}

function call(client, method, request, metadata = bearer(), options = soon()) {
  return new Promise((resolve, reject) => {
    const seen = {};
    const under = client[method](request, metadata, options, (error, reply) => {
      seen.reply = reply;
      if (error) reject(error);
    });
    under.on('metadata', (headers) => { seen.headers = headers; });
    under.on('status', (status) => { seen.trailers = status.metadata; if (status.code === 0) resolve(seen); });
  });
}

async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('no error');
}

const checks = {
  async unary() {
    const { reply } = await call(probe, 'Echo', { text: 'grüß dich, 世界 🐘', payload: Buffer.from([0, 255, 13, 10]) });
    assert.strictEqual(reply.text, 'grüß dich, 世界 🐘');
    assert.deepStrictEqual(reply.payload, Buffer.from([0, 255, 13, 10]));
    assert.strictEqual(reply.has_deadline, true);
  },
  async three_megabytes() {
    const payload = randomBytes(3000000);
    assert.ok((await call(probe, 'Echo', { payload })).reply.payload.equals(payload));
  },
  async request_over_the_limit() {
    const error = await errorOf(call(probe, 'Echo', { payload: Buffer.alloc(5000000) }));
    assert.strictEqual(error.code, grpc.status.RESOURCE_EXHAUSTED);
  },
  async metadata() {
    const { reply, headers, trailers } = await call(probe, 'Echo', {},
      bearer({ 'probe-text': 'a, b; c=d', 'probe-bytes-bin': Buffer.from([1, 0, 254, 255]) }));
    assert.strictEqual(reply.metadata['probe-text'], 'a, b; c=d');
    assert.strictEqual(reply.metadata['probe-bytes-bin'], '0100feff');
    assert.deepStrictEqual(headers.get('probe-header'), ['sent']);
    assert.deepStrictEqual(trailers.get('probe-trailer-bin'), [Buffer.from([0, 1, 2, 3])]);
  },
  async error_detail() {
    const detail = 'kein Raum 100 % „Küche“\nzweite Zeile';
    const error = await errorOf(call(probe, 'Fail', { code: 9, detail }));
    assert.strictEqual(error.code, grpc.status.FAILED_PRECONDITION);
    assert.strictEqual(error.details, detail);
    assert.deepStrictEqual(error.metadata.get('probe-reason'), ['asked']);
  },
  async crash() {
    const error = await errorOf(call(probe, 'Fail', { crash: true }));
    assert.strictEqual(error.code, grpc.status.UNKNOWN);
    assert.ok(!error.details.includes('secret'));
  },
  async server_streaming() {
    const numbers = [];
    for await (const reply of probe.Count({ count: 1000 }, bearer(), soon())) numbers.push(reply.n);
    assert.deepStrictEqual(numbers, Array.from({ length: 1000 }, (_, i) => i + 1));
  },
  async error_after_messages() {
    const numbers = [];
    const error = await errorOf((async () => {
      for await (const reply of probe.Count({ count: 3, fail_with: 15 }, bearer(), soon())) numbers.push(reply.n);
    })());
    assert.strictEqual(error.code, grpc.status.DATA_LOSS);
    assert.strictEqual(error.details, 'after the last number');
  },
  async deadline() {
    const error = await errorOf(call(probe, 'Sleep', {}, bearer(), { deadline: Date.now() + 100 }));
    assert.strictEqual(error.code, grpc.status.DEADLINE_EXCEEDED);
  },
  async caller_leaves() {
    const key = randomUUID();
    const stream = probe.Wait({ key }, bearer(), soon());
    stream.on('error', () => {});
    await new Promise((resolve) => { stream.once('data', resolve); });
    stream.cancel();
    assert.strictEqual((await call(probe, 'Left', { key })).reply.n, 1);
  },
  async no_token() {
    const error = await errorOf(call(probe, 'Echo', {}, new grpc.Metadata()));
    assert.strictEqual(error.code, grpc.status.UNAUTHENTICATED);
  },
  async wrong_token() {
    const error = await errorOf(call(probe, 'Echo', {}, bearer({ authorization: 'Bearer something-else-entirely' })));
    assert.strictEqual(error.code, grpc.status.UNAUTHENTICATED);
  },
  async unimplemented() {
    const bytes = (value) => value;
    const error = await errorOf(new Promise((resolve, reject) => {
      probe.makeUnaryRequest('/annex.probe.v1.Probe/Nothing', bytes, bytes, Buffer.alloc(0), bearer(), soon(),
        (failure, reply) => (failure ? reject(failure) : resolve(reply)));
    }));
    assert.strictEqual(error.code, grpc.status.UNIMPLEMENTED);
  },
  async health_check() {
    for (const service of ['', 'annex.probe.v1.Probe']) {
      assert.strictEqual((await call(health, 'Check', { service })).reply.status, 1);
    }
    assert.strictEqual((await errorOf(call(health, 'Check', { service: 'none' }))).code, grpc.status.NOT_FOUND);
  },
  async health_watch() {
    const stream = health.Watch({ service: 'toggle' }, bearer(), soon());
    stream.on('error', () => {});
    const replies = stream[Symbol.asyncIterator]();
    assert.strictEqual((await replies.next()).value.status, 1);
    await call(probe, 'Left', { key: 'toggle-node' });
    assert.strictEqual((await replies.next()).value.status, 2);
    stream.cancel();
  },
};

(async () => {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log('ok', name);
    } catch (error) {
      console.error(error);
      console.log(`failed ${name}: ${error.message.split('\n')[0]}`);
    }
  }
  process.exit(0);
})();
