"""Calls the probe contract at argv[1] with grpcio; prints "ok NAME" or "failed NAME: why" for every check."""
import os
import sys
import traceback
import uuid

import grpc

import health_pb2
import health_pb2_grpc
import probe_pb2
import probe_pb2_grpc

address, token = sys.argv[1], sys.argv[2]
bearer = (("authorization", "Bearer " + token),)
channel = grpc.insecure_channel(address)
probe = probe_pb2_grpc.ProbeStub(channel)
health = health_pb2_grpc.HealthStub(channel)
SOON = 30


def error_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("no error")


def unary():
    reply = probe.Echo(probe_pb2.EchoRequest(text="grüß dich, 世界 🐘", payload=bytes([0, 255, 13, 10])),
                       timeout=SOON, metadata=bearer)
    assert reply.text == "grüß dich, 世界 🐘" and reply.payload == bytes([0, 255, 13, 10]) and reply.has_deadline


def three_megabytes():
    payload = os.urandom(3_000_000)
    assert probe.Echo(probe_pb2.EchoRequest(payload=payload), timeout=SOON, metadata=bearer).payload == payload


def request_over_the_limit():
    error = error_of(lambda: probe.Echo(probe_pb2.EchoRequest(payload=bytes(5_000_000)), timeout=SOON, metadata=bearer))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, error


def metadata():
    reply, call = probe.Echo.with_call(
        probe_pb2.EchoRequest(), timeout=SOON,
        metadata=bearer + (("probe-text", "a, b; c=d"), ("probe-bytes-bin", bytes([1, 0, 254, 255]))))
    assert reply.metadata["probe-text"] == "a, b; c=d", reply
    assert reply.metadata["probe-bytes-bin"] == "0100feff", reply
    assert dict(call.initial_metadata())["probe-header"] == "sent"
    assert dict(call.trailing_metadata())["probe-trailer-bin"] == bytes([0, 1, 2, 3])


def error_detail():
    detail = "kein Raum 100 % „Küche“\nzweite Zeile"
    error = error_of(lambda: probe.Fail(probe_pb2.FailRequest(code=9, detail=detail), timeout=SOON, metadata=bearer))
    assert error.code() == grpc.StatusCode.FAILED_PRECONDITION and error.details() == detail, error
    assert dict(error.trailing_metadata())["probe-reason"] == "asked"


def crash():
    error = error_of(lambda: probe.Fail(probe_pb2.FailRequest(crash=True), timeout=SOON, metadata=bearer))
    assert error.code() == grpc.StatusCode.UNKNOWN and "secret" not in error.details(), error


def server_streaming():
    numbers = [reply.n for reply in probe.Count(probe_pb2.CountRequest(count=1000), timeout=SOON, metadata=bearer)]
    assert numbers == list(range(1, 1001))


def error_after_messages():
    numbers = []

    def read():
        for reply in probe.Count(probe_pb2.CountRequest(count=3, fail_with=15), timeout=SOON, metadata=bearer):
            numbers.append(reply.n)

    error = error_of(read)
    assert numbers == [1, 2, 3] and error.code() == grpc.StatusCode.DATA_LOSS, (numbers, error)
    assert error.details() == "after the last number"


def deadline():
    error = error_of(lambda: probe.Sleep(probe_pb2.WaitRequest(), timeout=0.1, metadata=bearer))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED, error


def caller_leaves():
    key = str(uuid.uuid4())
    call = probe.Wait(probe_pb2.WaitRequest(key=key), timeout=SOON, metadata=bearer)
    assert next(call).n == 1
    call.cancel()
    assert probe.Left(probe_pb2.WaitRequest(key=key), timeout=SOON, metadata=bearer).n == 1


def no_token():
    error = error_of(lambda: probe.Echo(probe_pb2.EchoRequest(), timeout=SOON))
    assert error.code() == grpc.StatusCode.UNAUTHENTICATED, error


def wrong_token():
    error = error_of(lambda: probe.Echo(probe_pb2.EchoRequest(), timeout=SOON,
                                        metadata=(("authorization", "Bearer something-else-entirely"),)))
    assert error.code() == grpc.StatusCode.UNAUTHENTICATED, error


def unimplemented():
    call = channel.unary_unary("/annex.probe.v1.Probe/Nothing")
    error = error_of(lambda: call(b"", timeout=SOON, metadata=bearer))
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED, error


def health_check():
    for service in ("", "annex.probe.v1.Probe"):
        reply = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=SOON, metadata=bearer)
        assert reply.status == health_pb2.HealthCheckResponse.SERVING
    error = error_of(lambda: health.Check(health_pb2.HealthCheckRequest(service="none"), timeout=SOON, metadata=bearer))
    assert error.code() == grpc.StatusCode.NOT_FOUND, error


def health_watch():
    # The server changes the status of "toggle" when it is told so by a call of Left with that key.
    call = health.Watch(health_pb2.HealthCheckRequest(service="toggle"), timeout=SOON, metadata=bearer)
    seen = [next(call).status]
    probe.Left(probe_pb2.WaitRequest(key="toggle-python"), timeout=SOON, metadata=bearer)
    seen.append(next(call).status)
    call.cancel()
    assert seen == [health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING], seen


for check in (unary, three_megabytes, request_over_the_limit, metadata, error_detail, crash, server_streaming,
              error_after_messages, deadline, caller_leaves, no_token, wrong_token, unimplemented, health_check,
              health_watch):
    try:
        check()
        print("ok", check.__name__, flush=True)
    except Exception as error:
        traceback.print_exc()
        print(f"failed {check.__name__}: {error!r}", flush=True)
