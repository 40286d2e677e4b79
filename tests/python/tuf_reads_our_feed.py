#!/usr/bin/env python3
"""Reads a feed with python-tuf, an independent implementation of TUF.

usage: tuf_reads_our_feed.py SITE-or-URL ROOT [EXPECTED-PROGRAMME [EXPECTED-ALERTS]]

Loads every metadata file (of a folder), refreshes as a client that knows only ROOT, and downloads
`programme/programme.json` and `alert/alerts.json` through the delegations. Compares them with the files
given. Exit code 0: python-tuf accepts the feed. 1: it does not, and stderr says why. 2: wrong command line.
"""

import functools
import http.server
import os
import sys
import tempfile
import threading

from tuf.api.metadata import Metadata
from tuf.ngclient import Updater, UpdaterConfig


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(folder):
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def load_all(folder):
    count = 0
    for name in sorted(os.listdir(os.path.join(folder, "metadata"))):
        if name.endswith(".json"):
            Metadata.from_file(os.path.join(folder, "metadata", name))
            count += 1
    if count < 6:
        raise RuntimeError(f"only {count} metadata files")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main(arguments):
    if not 2 <= len(arguments) <= 4:
        print(__doc__, file=sys.stderr)
        return 2
    site, root, expected = arguments[0], arguments[1], arguments[2:]
    if "://" in site:
        address = site if site.endswith("/") else site + "/"
    else:
        load_all(site)
        address = serve(site)
    with tempfile.TemporaryDirectory() as folder:
        updater = Updater(
            metadata_dir=folder,
            metadata_base_url=address + "metadata/",
            target_dir=folder,
            target_base_url=address + "targets/",
            config=UpdaterConfig(prefix_targets_with_hash=True),
            bootstrap=read(root),
        )
        updater.refresh()
        for target, wanted in zip(["programme/programme.json", "alert/alerts.json"], expected + [None, None]):
            info = updater.get_targetinfo(target)
            if info is None:
                raise RuntimeError(f"{target} is signed by nobody")
            path = updater.download_target(info)
            if wanted is not None and read(path) != read(wanted):
                raise RuntimeError(f"{target} is not what was expected")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Exception as error:  # whatever python-tuf refuses it for
        print(f"python-tuf refuses the feed: {type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(1)
