"""A proxy between servers and moto. It records the action and the resource of each request, rejects what a policy does
not allow, as AWS would, and can pretend that a stream's records were trimmed."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TRIMMED = "com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException"
DENIED = "com.amazon.coral.service#AccessDeniedException"
# IAM evaluates the actions of a transaction, not the transaction itself.
TRANSACTED = {"ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem", "Put": "PutItem", "Update": "UpdateItem"}


def actions(target, body, tables):
    """Returns a request's pairs of action and resource, as IAM evaluates them. `tables` is the part of a table's ARN
    before its name."""
    name = target.partition(".")[2]
    action = f"dynamodb:{name}"
    if name == "TransactWriteItems":
        parts = [part for item in body["TransactItems"] for part in item.items()]
        return [(f"dynamodb:{TRANSACTED[part]}", tables + request["TableName"]) for part, request in parts]
    if name == "BatchGetItem":
        return [(action, tables + table) for table in body["RequestItems"]]
    if name == "DescribeStream" or name == "GetShardIterator":
        return [(action, body["StreamArn"])]
    if name == "GetRecords":
        # An iterator begins with the ARN of its stream, in moto as on AWS.
        return [(action, body["ShardIterator"].partition("|")[0])]
    index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
    return [(action, tables + body["TableName"] + index)]


class Proxy:
    """One proxy. With `grants`, it rejects all requests that they do not allow."""

    def __init__(self, upstream_port, tables, grants=None):
        self.upstream_port = upstream_port
        self.tables = tables
        self.grants = grants
        self.allowed = set()
        self.denied = set()
        self._trims = set()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.proxy = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def trim(self, *streams):
        """Makes the next read of each of these streams fail, as if its records had been trimmed."""
        with self._lock:
            self._trims.update(streams)

    def has_pending_trims(self):
        with self._lock:
            return bool(self._trims)

    def requested(self):
        with self._lock:
            return self.allowed | self.denied

    def rejection(self, requested):
        """Returns the error with which to reject a request, or None to forward it."""
        with self._lock:
            if self.grants is not None:
                denied = {pair for pair in requested if not any(grant.allows(*pair) for grant in self.grants)}
                self.denied |= denied
                for action, resource in denied:
                    return DENIED, f"not authorized to perform: {action} on resource: {resource}"
            for action, resource in requested:
                if action == "dynamodb:GetRecords" and resource in self._trims:
                    self._trims.remove(resource)
                    return TRIMMED, "the records were trimmed"
        return None

    def record(self, requested, status, body):
        """Records whether moto allowed or denied a request. Its error names the action."""
        with self._lock:
            if status in (400, 403) and b"AccessDenied" in body:
                self.denied.update(pair for pair in requested if pair[0].encode() in body)
            else:
                self.allowed.update(requested)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.upstream = http.client.HTTPConnection("127.0.0.1", self.server.proxy.upstream_port, timeout=30)

    def finish(self):
        self.upstream.close()
        super().finish()

    def do_POST(self):
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers["Content-Length"]))
        requested = actions(self.headers["X-Amz-Target"], json.loads(body), proxy.tables)
        if error := proxy.rejection(requested):
            kind, message = error
            return self.respond(400, "application/x-amz-json-1.0", json.dumps({"__type": kind, "message": message}).encode())
        # Forward the headers unchanged, because they are signed, including the host name.
        self.upstream.request("POST", self.path, body, dict(self.headers.items()))
        response = self.upstream.getresponse()
        content = response.read()
        proxy.record(requested, response.status, content)
        return self.respond(response.status, response.headers["Content-Type"], content)

    def respond(self, status, content_type, content):
        head = f"HTTP/1.1 {status} {self.responses[status][0]}\r\nContent-Type: {content_type}\r\n"
        self.wfile.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)

    def log_message(self, *_):
        pass
