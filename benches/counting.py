"""A TCP proxy that counts: connections, and bytes each way. What a poll costs is what goes through the wire, headers and all."""

import contextlib
import socket
import threading


class Proxy:
    def __init__(self, port):
        """Listens on a free port of 127.0.0.1 and passes everything to `port`."""
        self.target = port
        self.lock = threading.Lock()
        self.up = self.down = self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                with self.lock:
                    self.connections += 1
                for source, sink, way in ((client, server, "up"), (server, client, "down")):
                    threading.Thread(target=self.pump, args=(source, sink, way), daemon=True).start()

    def pump(self, source, sink, way):
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                with self.lock:
                    setattr(self, way, getattr(self, way) + len(data))
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
                end.close()

    def counts(self):
        """(connections, bytes from the board, bytes to the board) so far."""
        with self.lock:
            return self.connections, self.up, self.down

    def stop(self):
        self.listener.close()
