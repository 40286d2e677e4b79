#!/usr/bin/env python3
"""Tampers with a feed in every way that a signed feed is there to stop, and sees a running board refuse each.

    tamper.py BANGTIN            run with the Python that has `tuf` (make python)

The forgeries are made with python-tuf, which shares no code with Bangtin, and with the feed's own keys where an
attacker is supposed to hold some. For each: the board says so in `errors`, its versions and its generation stay, a verified
notice stays on air, and afterwards an honest update is taken. One line per forgery; exit 1 if one passes.
"""

import argparse
import contextlib
import datetime
import hashlib
import json
import pathlib
import shutil
import sys
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from securesystemslib.signer import CryptoSigner, Signature
from tuf.api.metadata import Metadata, MetaFile
from tuf.api.serialization.json import JSONSerializer

from board import Board, Failed, Feed, Server, check, main_kind, main_zone, picture, workplace

COMPACT = JSONSerializer(compact=True)


class Site:
    """A copy of a published site, to be tampered with: python-tuf reads, changes, signs and writes its metadata."""

    def __init__(self, folder, keys):
        self.folder = folder
        self.private = [load_pem_private_key(file.read_bytes(), None) for file in sorted(keys.rglob("*.pem"))]

    def metadata(self, name):
        return self.folder / "metadata" / name

    def latest(self, role):
        """The newest `N.role.json`."""
        files = self.folder.glob(f"metadata/*.{role}.json")
        return max(files, key=lambda file: int(file.name.split(".")[0]))

    def read(self, role):
        return Metadata.from_file(str(self.metadata("timestamp.json") if role == "timestamp" else self.latest(role)))

    def signers(self, role):
        """Those of the feed's private keys that `role` may be signed with, under the key ids that the feed gives them."""
        root = self.read("root").signed
        if role in root.roles:
            delegator = root
            keyids = root.roles[role].keyids
        else:
            delegator = self.read("targets").signed.delegations
            keyids = delegator.roles[role].keyids
        found = []
        for keyid in keyids:
            key = delegator.keys[keyid]
            for private in self.private:
                public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
                if public == key.keyval["public"]:
                    found.append(CryptoSigner(private, key))
        check(found, f"no private key for {role} in the feed's keys")
        return found

    def write(self, role, document, signers=None):
        """Signs with all the role's keys unless told otherwise, and writes under the version's name."""
        document.signatures.clear()
        for signer in self.signers(role) if signers is None else signers:
            document.sign(signer, append=True)
        name = "timestamp.json" if role == "timestamp" else f"{document.signed.version}.{role}.json"
        document.to_file(str(self.metadata(name)), COMPACT)
        return self.metadata(name)

    def timestamp(self, change=lambda signed: None, signers=None):
        """A new timestamp for the newest snapshot."""
        document = self.read("timestamp")
        document.signed.version += 1
        document.signed.snapshot_meta = described(self.latest("snapshot"), document.signed.snapshot_meta)
        change(document.signed)
        return self.write("timestamp", document, signers)

    def snapshot(self, change=lambda signed: None, signers=None):
        """A new snapshot of the newest targets and delegated roles."""
        document = self.read("snapshot")
        document.signed.version += 1
        for name, meta in document.signed.meta.items():
            document.signed.meta[name] = described(self.latest(name.removesuffix(".json")), meta)
        change(document.signed)
        return self.write("snapshot", document, signers)

    def role(self, role, change=lambda signed: None, signers=None):
        """A new version of a role, and snapshot and timestamp that vouch for it."""
        document = self.read(role)
        document.signed.version += 1
        change(document.signed)
        path = self.write(role, document, signers)
        self.snapshot()
        self.timestamp()
        return path

    def content(self, role, body, keep=True):
        """A new target file of a role that has one, rightly signed, whatever it says; unless told otherwise it is there."""
        (name,) = self.read(role).signed.targets
        folder, _, file = name.rpartition("/")
        digest = hashlib.sha256(body).hexdigest()

        def change(signed):
            (target,) = signed.targets.values()
            target.hashes, target.length = {"sha256": digest}, len(body)

        path = self.folder / "targets" / folder / f"{digest}.{file}"
        if keep:
            path.write_bytes(body)
        self.role(role, change)
        return path

    def programme(self):
        """The path of the newest programme's signed JSON, and its description in the programme role."""
        target = self.read("programme").signed.targets["programme/programme.json"]
        return self.folder / "targets" / "programme" / f"{target.hashes['sha256']}.programme.json", target


class Stranger:
    """Signs with a key of its own in the name of the feed's key."""

    def __init__(self, key):
        self.public_key, self.private = key, Ed25519PrivateKey.generate()

    def sign(self, payload):
        return Signature(self.public_key.keyid, self.private.sign(payload).hex())


def described(path, like):
    """What metadata says of a file, in as many words as it said before."""
    body = path.read_bytes()
    return MetaFile(
        int(path.name.split(".")[0]),
        len(body) if like.length is not None else None,
        {"sha256": hashlib.sha256(body).hexdigest()} if like.hashes else None,
    )


def spoil(path):
    """Changes one byte: of metadata the second at which it expires, which only the signature guards; else in the middle."""
    body = bytearray(path.read_bytes())
    expires = body.find(b'"expires"')
    where = body.index(b'Z"', expires) - 1 if expires >= 0 else len(body) // 2
    body[where] = ord("1") if body[where] == ord("0") else ord("0") if chr(body[where]).isdigit() else body[where] ^ 1
    path.write_bytes(bytes(body))


def ago(days):
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(days=days)


# Each forgery takes a Site that holds an honest, newer publication than the board has, and spoils it.


def expired_timestamp(site, _old):
    site.timestamp(lambda signed: setattr(signed, "expires", ago(1)))


def expired_programme(site, _old):
    site.role("programme", lambda signed: setattr(signed, "expires", ago(1)))


def rolled_back_timestamp(site, old):
    """The newest of everything, under a timestamp that says it is older than the one the board knows."""
    version = json.loads((old / "metadata/timestamp.json").read_text())["signed"]["version"]
    site.timestamp(lambda signed: setattr(signed, "version", version - 1))


def rolled_back_programme(site, old):
    """A new snapshot and timestamp, honestly signed, that name last week's programme."""
    before = max(int(f.name.split(".")[0]) for f in old.glob("metadata/*.programme.json")) - 1
    site.snapshot(lambda s: s.meta.update({"programme.json": described(site.metadata(f"{before}.programme.json"), s.meta["programme.json"])}))
    site.timestamp()


def mixed_and_matched(site, _old):
    """The programme role of another version in the place of the one that the snapshot names."""
    newest = site.latest("programme")
    version = int(newest.name.split(".")[0])
    shutil.copy(site.metadata(f"{version - 1}.programme.json"), newest)


def wrong_key(role):
    def forge(site, _old):
        strangers = [Stranger(signer.public_key) for signer in site.signers(role)]
        if role == "timestamp":
            site.timestamp(signers=strangers)
        elif role == "snapshot":
            site.snapshot(signers=strangers)
            site.timestamp()
        else:
            site.role(role, signers=strangers)

    return forge


def another_roles_key(site, _old):
    """The machine that renews timestamps signs a programme."""
    site.role("programme", signers=site.signers("timestamp"))


def one_signature_of_two(site, _old):
    site.role("programme", signers=site.signers("programme")[:1])


def same_signature_twice(site, _old):
    """One of the two officials, counted twice."""
    path = site.role("programme", signers=site.signers("programme")[:1])
    document = json.loads(path.read_text())
    document["signatures"] *= 2
    path.write_text(json.dumps(document))
    site.snapshot()
    site.timestamp()


def wrong_hash_of_snapshot(site, _old):
    site.timestamp(lambda s: setattr(s, "snapshot_meta", MetaFile(s.snapshot_meta.version, None, {"sha256": "0" * 64})))


def wrong_length_of_snapshot(site, _old):
    site.timestamp(lambda s: setattr(s, "snapshot_meta", MetaFile(s.snapshot_meta.version, 10, None)))


def wrong_hash_of_programme_role(site, _old):
    site.snapshot(lambda s: s.meta.update({"programme.json": MetaFile(s.meta["programme.json"].version, None, {"sha256": "0" * 64})}))
    site.timestamp()


def wrong_hash_of_programme(site, _old):
    """The signed JSON's file holds other words than those that were signed."""
    path, _ = site.programme()
    path.write_bytes(path.read_bytes().replace("Tin".encode(), "Tan".encode(), 1))


def wrong_length_of_programme(site, _old):
    def shorter(signed):
        signed.targets["programme/programme.json"].length -= 1

    site.role("programme", shorter)


def cut_programme(site, _old):
    path, target = site.programme()
    path.write_bytes(path.read_bytes()[: target.length // 2])


def root_by_a_stranger(site, _old):
    document = site.read("root")
    document.signed.version += 1
    site.write("root", document, [Stranger(s.public_key) for s in site.signers("root")])


def byte_in(role):
    def forge(site, _old):
        if role == "timestamp":
            spoil(site.timestamp())
        elif role == "root":
            document = site.read("root")
            document.signed.version += 1
            spoil(site.write("root", document))
        elif role in ("targets", "alert"):
            # Publishing does not renew these by itself, so they are renewed first: an unchanged file is not fetched.
            spoil(site.role(role))
        else:
            spoil(site.latest(role))

    return forge


def byte_in_programme_json(site, _old):
    spoil(site.programme()[0])


FORGERIES = [
    ("an expired timestamp", expired_timestamp),
    ("an expired programme role", expired_programme),
    ("a timestamp rolled back", rolled_back_timestamp),
    ("a programme rolled back under a new snapshot", rolled_back_programme),
    ("roles of two publications mixed", mixed_and_matched),
    ("a timestamp signed by a stranger", wrong_key("timestamp")),
    ("a snapshot signed by a stranger", wrong_key("snapshot")),
    ("a programme signed by a stranger", wrong_key("programme")),
    ("a root signed by a stranger", root_by_a_stranger),
    ("a programme signed with the timestamp's key", another_roles_key),
    ("a snapshot of another hash", wrong_hash_of_snapshot),
    ("a snapshot of another length", wrong_length_of_snapshot),
    ("a programme role of another hash", wrong_hash_of_programme_role),
    ("a programme.json of other words", wrong_hash_of_programme),
    ("a programme.json of another length", wrong_length_of_programme),
    ("a programme.json cut in the middle", cut_programme),
    ("one changed byte in timestamp.json", byte_in("timestamp")),
    ("one changed byte in snapshot.json", byte_in("snapshot")),
    ("one changed byte in programme's metadata", byte_in("programme")),
    ("one changed byte in a new root.json", byte_in("root")),
    ("one changed byte in programme.json", byte_in_programme_json),
]
# With the true snapshot's signature on it, a forged role's version number becomes a floor, as TUF asks (5.5.5): the
# honest feed must pass it first, so nothing can follow on the same stand.
LAST_FORGERIES = [
    ("targets signed by a stranger", wrong_key("targets")),
    ("one changed byte in targets.json", byte_in("targets")),
    ("one changed byte in alert's metadata", byte_in("alert")),
]
THRESHOLD_FORGERIES = [
    ("one signature where two are asked", one_signature_of_two),
    ("the same signature twice", same_signature_twice),
]


def words(number):
    return f'title = "Xã Bình Lư"\n[[notice]]\nid = "tin"\ntitle = "Tin thứ {number}"\ntext = "Nội dung của tin thứ {number}."\n'


def title_on_air(status):
    return (main_zone(status) or {}).get("title")


def error_count(status):
    return sum(entry["count"] for entry in status["errors"])


def refuse(board, server, site_folder, before, name):
    """Serves the forgery, and sees that the board says so and stays as it was."""
    server.folder = site_folder
    status = board.wait(f"an entry in `errors` about {name}", lambda s: error_count(s) > error_count(before), 90)
    said = status["errors"][-1]["text"]
    # Some polls more: nothing may slip in at a second try.
    time.sleep(2.5)
    status = board.wait("an answer to `status`", lambda s: True)
    was, now = before["feeds"][0], status["feeds"][0]
    if "alert" in name:
        # The programme, which is new here and honestly signed, is taken without the warnings.
        check(now["versions"]["alert"] == was["versions"]["alert"], f"{name}: the warnings' version is {now['versions']['alert']}")
    else:
        check(now["versions"] == was["versions"], f"{name}: the versions went from {was['versions']} to {now['versions']}")
        check(now["generation"] == was["generation"], f"{name}: the generation went from {was['generation']} to {now['generation']}")
    check(main_kind(status) == "notice", f"{name}: the main zone shows {main_kind(status)}, not a notice")
    return said


class Stand:
    """A feed that goes on publishing, a server, and a board that has taken its newest state."""

    def __init__(self, program, folder, name, arguments=()):
        self.folder, self.name, self.number = folder, name, 0
        self.feed = Feed(program, folder, name, arguments)
        for _ in range(3):
            self.publish()
        self.server = Server(self.feed.site)
        self.board = Board(program, folder, self.server.url, self.feed.site / "root.json", f"{name}.board").start()
        self.board.wait_for_notice()

    def publish(self, programme=words):
        self.number += 1
        self.feed.publish(programme(self.number))

    def catch_up(self):
        """Serves the honest site again, with something newer than any forgery, until the board has it."""
        for _ in range(3):
            self.publish()
        self.server.folder = self.feed.site
        title = f"Tin thứ {self.number}"
        # A board that was refused several times polls less often for a while.
        return self.board.wait(
            f"the honest update ({title})", lambda s: title_on_air(s) == title and not s["media"]["waiting"], 180
        )

    def forge(self, name, forgery):
        before = self.catch_up()
        old = self.folder / "old"
        forged = self.folder / "forged"
        for path in (old, forged):
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.feed.site, old)
        # What is published now is only the forger's material: a poll that came before it is forged would take it.
        self.server.folder = old
        self.publish()
        shutil.copytree(self.feed.site, forged)
        forgery(Site(forged, self.feed.keys), old)
        said = refuse(self.board, self.server, forged, before, name)
        print(f"tamper: {name}: refused ({said})", flush=True)

    def close(self):
        self.board.stop()
        self.server.stop()


def spoiled_media(stand):
    """A picture with one changed byte: its notice never shows, the rest of the programme does."""
    picture(stand.feed.notices / "hinh.png", 300, 200, (200, 40, 40))
    honest = stand.catch_up()
    number = stand.number + 1
    before = stand.folder / "before"
    shutil.copytree(stand.feed.site, before)
    stand.server.folder = before
    stand.publish(lambda n: words(n) + '[[notice]]\nid = "hinh"\ntitle = "Một hình"\nimage = "hinh.png"\n')
    forged = stand.folder / "forged"
    shutil.rmtree(forged, ignore_errors=True)
    shutil.copytree(stand.feed.site, forged)
    wanted = hashlib.sha256((stand.feed.notices / "hinh.png").read_bytes()).hexdigest()
    spoil(forged / "media" / wanted)
    stand.server.folder = forged
    name = "one changed byte in a picture"
    status = stand.board.wait(f"an entry in `errors` about {name}", lambda s: error_count(s) > error_count(honest))
    said = status["errors"][-1]["text"]
    check(main_kind(status) == "notice", f"{name}: the main zone shows {main_kind(status)}")
    stand.board.wait("the words of the same programme", lambda s: title_on_air(s) == f"Tin thứ {number}")
    shown = {main_zone(stand.board.status()).get("id") for _ in range(200)}
    check("hinh" not in shown, f"{name}: the notice with the picture was on air")
    check(stand.board.status()["media"]["waiting"], f"{name}: the picture is not among the files waited for")
    kept = [file for file in stand.board.state.rglob(wanted) if hashlib.sha256(file.read_bytes()).hexdigest() != wanted]
    check(not kept, f"{name}: it was kept in {kept}")
    print(f"tamper: {name}: refused ({said})", flush=True)


def foreign_root(program, folder, server):
    """A board that was given another commune's root shows nothing of this feed."""
    other = Feed(program, folder, "other")
    board = Board(program, folder, server.url, other.site / "root.json", "foreign.board").start()
    try:
        status = board.wait("an entry in `errors` about the root file", lambda s: s["errors"] or s["feeds"][0]["error"])
        check(main_kind(status) == "neutral", f"a foreign root: the main zone shows {main_kind(status)}")
        check(status["feeds"][0]["state"] == "untrusted", f"a foreign root: the feed is {status['feeds'][0]['state']}")
        said = status["errors"][-1]["text"] if status["errors"] else status["feeds"][0]["error"]
        print(f"tamper: another feed's root.json: refused ({said})", flush=True)
    finally:
        board.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    program = parser.parse_args().program
    failures = 0

    def attempt(name, run):
        nonlocal failures
        try:
            run()
        except Failed as failure:
            failures += 1
            print(f"tamper: FAILED: {name}: {failure}", flush=True)

    with workplace() as folder:
        with contextlib.closing(Stand(program, folder, "site")) as stand:
            for name, forgery in FORGERIES:
                attempt(name, lambda n=name, f=forgery: stand.forge(n, f))
            attempt("one changed byte in a picture", lambda: spoiled_media(stand))
            attempt("an honest update at the end", stand.catch_up)
            attempt("another feed's root.json", lambda: foreign_root(program, folder, stand.server))
        for number, (name, forgery) in enumerate(LAST_FORGERIES):
            with contextlib.closing(Stand(program, folder, f"last-{number}")) as stand:
                attempt(name, lambda n=name, f=forgery: stand.forge(n, f))
        with contextlib.closing(Stand(program, folder, "two", ["--threshold", "2"])) as stand:
            for name, forgery in THRESHOLD_FORGERIES:
                attempt(name, lambda n=name, f=forgery: stand.forge(n, f))
            attempt("an honest update at the end", stand.catch_up)
    print(f"tamper: {failures} forgeries were not refused as they should be" if failures else "tamper: every forgery was refused")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
