"""Annex's calls from Python, with grpcio:  annex_client.py MUC-ADDRESS UPLOAD-ADDRESS ROOM OWNER [TOKEN]

The modules *_pb2 come from the contracts:
  protoc -I shared/Annex.Contracts/Protos --python_out=. --grpc_out=. --plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin \
    shared/Annex.Contracts/Protos/annex/*/v1/*.proto
"""
import sys

import grpc

from annex.muc.v1 import bans_pb2, bans_pb2_grpc, rooms_pb2, rooms_pb2_grpc
from annex.status.v1 import status_pb2, status_pb2_grpc
from annex.upload.v1 import uploads_pb2, uploads_pb2_grpc

muc_address, upload_address, room, owner, *token = sys.argv[1:]
muc, upload = grpc.insecure_channel(muc_address), grpc.insecure_channel(upload_address)
# Every call has a deadline, and the token where the service has one (Rpc:Token).
call = {"timeout": 10, "metadata": [("authorization", f"Bearer {token[0]}")] if token else []}

status = status_pb2_grpc.ServiceStatusStub(muc).GetStatus(status_pb2.GetStatusRequest(), **call)
print(f"{status.service} {status.version} at {status.component_jid}: {'ready' if status.is_ready else 'not ready'}")

rooms = rooms_pb2_grpc.RoomDirectoryStub(muc)
try:
    rooms.CreateRoom(rooms_pb2.CreateRoomRequest(room=room, owners=[owner], configuration=[
        rooms_pb2.ConfigurationValue(field="roomname", values=["Made by Python"]),
        rooms_pb2.ConfigurationValue(field="persistentroom", values=["1"])]), **call)
except grpc.RpcError as error:
    if error.code() != grpc.StatusCode.ALREADY_EXISTS:
        raise
for each in rooms.ListRooms(rooms_pb2.ListRoomsRequest(contains=room.split("@")[0]), **call):
    print(f"room {each.jid}: {each.name}, {each.occupants} people")
for each in rooms.ListAffiliations(rooms_pb2.ListAffiliationsRequest(room=room), **call):
    print(f"{each.jid} is {rooms_pb2.Affiliation.Name(each.affiliation)}")

bans = bans_pb2_grpc.BanListStub(muc)
bans.AddBan(bans_pb2.AddBanRequest(subject="spam.example.org", reason="spam", added_by="operator"), **call)
print("banned:", [ban.subject for ban in bans.ListBans(bans_pb2.ListBansRequest(), **call)])
bans.RemoveBan(bans_pb2.RemoveBanRequest(subject="spam.example.org"), **call)

usage = uploads_pb2_grpc.UploadAdministrationStub(upload).GetUsage(uploads_pb2.GetUsageRequest(), **call)
print(f"{usage.files} files, {usage.bytes} bytes")

rooms.DestroyRoom(rooms_pb2.DestroyRoomRequest(room=room, reason="an example"), **call)
print("done")
