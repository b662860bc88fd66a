"""Serves the probe contract with grpcio; prints its port, ends when its standard input does."""
import sys
import threading
from concurrent import futures

import grpc

import health_pb2
import health_pb2_grpc
import probe_pb2
import probe_pb2_grpc

CODES = {code.value[0]: code for code in grpc.StatusCode}


class Probe(probe_pb2_grpc.ProbeServicer):
    def __init__(self):
        self._lock = threading.Lock()
        self._left = {}

    def _signal(self, key):
        with self._lock:
            return self._left.setdefault(key, threading.Event())

    def Echo(self, request, context):
        context.send_initial_metadata([("probe-header", "sent")])
        context.set_trailing_metadata([("probe-trailer-bin", bytes([0, 1, 2, 3]))])
        reply = probe_pb2.EchoReply(text=request.text, payload=request.payload,
                                    has_deadline=context.time_remaining() is not None)
        for key, value in context.invocation_metadata():
            if key.startswith("probe-"):
                reply.metadata[key] = value.hex() if isinstance(value, bytes) else value
        return reply

    def Fail(self, request, context):
        if request.crash:
            raise RuntimeError("a secret of ours")
        context.set_trailing_metadata([("probe-reason", "asked")])
        context.abort(CODES[request.code], request.detail)

    def Count(self, request, context):
        for n in range(1, request.count + 1):
            yield probe_pb2.CountReply(n=n)
        if request.fail_with:
            context.abort(CODES[request.fail_with], "after the last number")

    def Wait(self, request, context):
        # The callback itself tells: a generator whose caller left at its yield is never resumed.
        left = self._signal(request.key)
        if not context.add_callback(left.set):
            left.set()
        yield probe_pb2.CountReply(n=1)
        left.wait(60)

    def Sleep(self, request, context):
        gone = threading.Event()
        context.add_callback(gone.set)
        gone.wait(60)
        return probe_pb2.EchoReply()

    def Left(self, request, context):
        self._signal(request.key).wait(30)
        return probe_pb2.CountReply(n=1)


class Health(health_pb2_grpc.HealthServicer):
    KNOWN = ("", "annex.probe.v1.Probe")

    def Check(self, request, context):
        if request.service not in self.KNOWN:
            context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)

    def Watch(self, request, context):
        gone = threading.Event()
        context.add_callback(gone.set)
        yield health_pb2.HealthCheckResponse(
            status=health_pb2.HealthCheckResponse.SERVING if request.service in self.KNOWN
            else health_pb2.HealthCheckResponse.SERVICE_UNKNOWN)
        gone.wait(60)


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
    probe_pb2_grpc.add_ProbeServicer_to_server(Probe(), server)
    health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0)


main()
