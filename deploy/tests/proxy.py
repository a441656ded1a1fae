"""Between servers and moto: writes down what is asked of which table, index or stream, refuses what a policy does
not allow as AWS would, and can trim the streams."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TRIMMED = "com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException"
DENIED = "com.amazon.coral.service#AccessDeniedException"


def actions(target, body, tables):
    """What a request does to what, as IAM sees it: pairs of an action and a resource. `tables` is what the ARN of a
    table is before its name."""
    name = target.partition(".")[2]
    action = f"dynamodb:{name}"
    if name == "BatchGetItem":
        return [(action, tables + table) for table in body["RequestItems"]]
    if name == "DescribeStream" or name == "GetShardIterator":
        return [(action, body["StreamArn"])]
    if name == "GetRecords":
        # An iterator begins with the ARN of its stream, here as on AWS.
        return [(action, body["ShardIterator"].partition("|")[0])]
    index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
    return [(action, tables + body["TableName"] + index)]


class Proxy:
    """One proxy. With `grants`, it refuses what they don't allow."""

    def __init__(self, upstream_port, tables, grants=None):
        self.upstream_port = upstream_port
        self.tables = tables
        self.grants = grants
        self.passed = set()
        self.refused = set()
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
        """The records where each of these streams was read have been removed, at the next reading."""
        with self._lock:
            self._trims.update(streams)

    def trims_left(self):
        with self._lock:
            return bool(self._trims)

    def asked(self):
        with self._lock:
            return self.passed | self.refused

    def instead(self, asked):
        """What is answered instead of passing on what is asked; None if nothing is."""
        with self._lock:
            if self.grants is not None:
                refused = {pair for pair in asked if not any(grant.allows(*pair) for grant in self.grants)}
                self.refused |= refused
                for action, resource in refused:
                    return DENIED, f"not authorized to perform: {action} on resource: {resource}"
            for action, resource in asked:
                if action == "dynamodb:GetRecords" and resource in self._trims:
                    self._trims.remove(resource)
                    return TRIMMED, "the records are not there any more"
        return None

    def note(self, asked, status, answer):
        """Writes down what came of it. moto has refused it where it says so."""
        with self._lock:
            if status in (400, 403) and b"AccessDenied" in answer:
                self.refused.update(asked)
            else:
                self.passed.update(asked)


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
        asked = actions(self.headers["X-Amz-Target"], json.loads(body), proxy.tables)
        if error := proxy.instead(asked):
            kind, message = error
            return self.answer(400, "application/x-amz-json-1.0", json.dumps({"__type": kind, "message": message}).encode())
        # The headers as they are: they are signed, the name of the host among them.
        self.upstream.request("POST", self.path, body, dict(self.headers.items()))
        answer = self.upstream.getresponse()
        content = answer.read()
        proxy.note(asked, answer.status, content)
        return self.answer(answer.status, answer.headers["Content-Type"], content)

    def answer(self, status, content_type, content):
        head = f"HTTP/1.1 {status} {self.responses[status][0]}\r\nContent-Type: {content_type}\r\n"
        self.wfile.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)

    def log_message(self, *_):
        pass
