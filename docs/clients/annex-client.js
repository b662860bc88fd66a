// Annex's calls from Node, with @grpc/grpc-js and @grpc/proto-loader:
//   node annex-client.js PROTOS MUC-ADDRESS UPLOAD-ADDRESS ROOM OWNER [TOKEN]      PROTOS: shared/Annex.Contracts/Protos
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [, , protos, mucAddress, uploadAddress, room, owner, token] = process.argv;
const files = ['muc/v1/rooms', 'muc/v1/bans', 'upload/v1/uploads', 'status/v1/status'].map((name) => `annex/${name}.proto`);
const { annex } = grpc.loadPackageDefinition(
  loader.loadSync(files, { includeDirs: [protos], keepCase: true, defaults: true, enums: String }));

const open = grpc.credentials.createInsecure();
const rooms = new annex.muc.v1.RoomDirectory(mucAddress, open);
const bans = new annex.muc.v1.BanList(mucAddress, open);
const status = new annex.status.v1.ServiceStatus(mucAddress, open);
const uploads = new annex.upload.v1.UploadAdministration(uploadAddress, open);

// Every call has a deadline, and the token where the service has one (Rpc:Token).
const metadata = new grpc.Metadata();
if (token) metadata.set('authorization', `Bearer ${token}`);
const soon = () => ({ deadline: Date.now() + 10_000 });
const call = (client, method, request) => new Promise((resolve, reject) =>
  client[method](request, metadata, soon(), (error, answer) => (error ? reject(error) : resolve(answer))));
const list = async (client, method, request) => {
  const rows = [];
  for await (const row of client[method](request, metadata, soon())) rows.push(row);
  return rows;
};

(async () => {
  const is = await call(status, 'GetStatus', {});
  console.log(`${is.service} ${is.version} at ${is.component_jid}: ${is.is_ready ? 'ready' : 'not ready'}`);

  await call(rooms, 'CreateRoom', {
    room, owners: [owner],
    configuration: [{ field: 'roomname', values: ['Made by Node'] }, { field: 'persistentroom', values: ['1'] }],
  }).catch((error) => { if (error.code !== grpc.status.ALREADY_EXISTS) throw error; });
  for (const each of await list(rooms, 'ListRooms', { contains: room.split('@')[0] }))
    console.log(`room ${each.jid}: ${each.name}, ${each.occupants} people`);
  for (const each of await list(rooms, 'ListAffiliations', { room })) console.log(`${each.jid} is ${each.affiliation}`);

  await call(bans, 'AddBan', { subject: 'spam.example.org', reason: 'spam', added_by: 'operator' });
  console.log('banned:', (await list(bans, 'ListBans', {})).map((ban) => ban.subject));
  await call(bans, 'RemoveBan', { subject: 'spam.example.org' });

  const usage = await call(uploads, 'GetUsage', {});
  console.log(`${usage.files} files, ${usage.bytes} bytes`);

  await call(rooms, 'DestroyRoom', { room, reason: 'an example' });
  console.log('done');
})().catch((error) => { console.error(error.message); process.exit(1); });
