// Serves the probe contract with @grpc/grpc-js; prints its port, ends when its standard input does.
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const load = (file) => grpc.loadPackageDefinition(loader.loadSync(file, { keepCase: true, defaults: true, enums: Number }));
const { Probe } = load(process.argv[2]).annex.probe.v1;
const { Health } = load(process.argv[3]).grpc.health.v1;

const signals = new Map();
function signal(key) {
  if (!signals.has(key)) {
    const entry = {};
    entry.promise = new Promise((resolve) => { entry.resolve = resolve; });
    signals.set(key, entry);
  }
  return signals.get(key);
}

const known = ['', 'annex.probe.v1.Probe'];

const server = new grpc.Server();
server.addService(Probe.service, {
  Echo(call, callback) {
    const header = new grpc.Metadata();
    header.set('probe-header', 'sent');
    call.sendMetadata(header);
    const trailer = new grpc.Metadata();
    trailer.set('probe-trailer-bin', Buffer.from([0, 1, 2, 3]));
    const metadata = {};
    for (const key of Object.keys(call.metadata.getMap())) {
      if (!key.startsWith('probe-')) continue;
      const value = call.metadata.get(key)[0];
      metadata[key] = Buffer.isBuffer(value) ? value.toString('hex') : value;
    }
    callback(null, {
      text: call.request.text, payload: call.request.payload, metadata,
      has_deadline: Number.isFinite(Number(call.getDeadline())),
    }, trailer);
  },
  Fail(call, callback) {
    const metadata = new grpc.Metadata();
    metadata.set('probe-reason', 'asked');
    if (call.request.crash) callback(new Error('something'));
    else callback({ code: call.request.code, details: call.request.detail, metadata });
  },
  Count(call) {
    for (let n = 1; n <= call.request.count; n++) call.write({ n });
    if (call.request.fail_with) call.emit('error', { code: call.request.fail_with, details: 'after the last number' });
    else call.end();
  },
  Wait(call) {
    call.on('cancelled', () => signal(call.request.key).resolve());
    call.write({ n: 1 });
  },
  Sleep() {},
  Left(call, callback) {
    signal(call.request.key).promise.then(() => callback(null, { n: 1 }));
  },
});
server.addService(Health.service, {
  Check(call, callback) {
    if (known.includes(call.request.service)) callback(null, { status: 1 });
    else callback({ code: grpc.status.NOT_FOUND, details: 'unknown service' });
  },
  Watch(call) {
    call.write({ status: known.includes(call.request.service) ? 1 : 3 });
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
