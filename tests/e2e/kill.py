#!/usr/bin/env python3
"""Kills a board without warning, again and again, while its feed keeps changing.

    kill.py BANGTIN [--times 200] [--seed N]

A publisher publishes without pause; a headless board polls it every second. The board gets SIGKILL at random moments, also
while it is starting. After each restart `status` must show a verified notice, and no version may have gone down. At
the end publishing stops, and the board must reach the last programme. One line per check; exit 1 on the first failure.
"""

import argparse
import pathlib
import random
import sys
import threading
import time

from board import Board, Failed, Feed, Server, check, main_kind, main_zone, picture, session_members, until, workplace


class Publisher(threading.Thread):
    """Publishes a new programme as fast as it can: other words, another picture."""

    def __init__(self, feed, seed):
        super().__init__(daemon=True)
        self.feed, self.random = feed, random.Random(seed)
        self.count, self.problem = 0, None
        self.finish = threading.Event()

    def once(self):
        self.count += 1
        side = self.random.randrange(200, 1400)
        picture(self.feed.notices / "hinh.png", side, side, [self.random.randrange(256) for _ in range(3)])
        self.feed.publish(
            f"""
            title = "Xã Bình Lư"
            [[notice]]
            id = "thu-{self.count}"
            title = "Tin thứ {self.count}"
            text = "Nội dung của tin thứ {self.count}."
            [[notice]]
            id = "hinh"
            title = "Hình thứ {self.count}"
            image = "hinh.png"
            """
        )

    def run(self):
        try:
            while not self.finish.is_set():
                self.once()
                time.sleep(self.random.uniform(0, 0.3))
        except Exception as problem:
            self.problem = problem


def not_below(before, after):
    """The roles whose version went down."""
    return [role for role, version in before.items() if after.get(role, 0) < version]


def sweep(program, times, seed):
    rng = random.Random(seed)
    with workplace() as folder:
        feed = Feed(program, folder)
        publisher = Publisher(feed, rng.random())
        publisher.once()
        server = Server(feed.site)
        board = Board(program, folder, server.url, feed.site / "root.json")
        sessions, seen, generations = [], {"versions": {}, "generation": 0}, set()

        def start():
            board.start()
            sessions.append(board.process.pid)

        def look(after):
            status = board.wait(f"a verified notice {after}", lambda s: main_kind(s) == "notice")
            feed_now = status["feeds"][0]
            down = not_below(seen["versions"], feed_now["versions"])
            check(not down, f"{after}: the version of {', '.join(down)} went down: {seen['versions']} to {feed_now['versions']}")
            check(
                feed_now["generation"] >= seen["generation"],
                f"{after}: the generation went down from {seen['generation']} to {feed_now['generation']}",
            )
            seen.update(versions=feed_now["versions"], generation=feed_now["generation"])
            generations.add(feed_now["generation"])

        try:
            start()
            look("at the first start")
            publisher.start()
            early = 0
            for round_number in range(1, times + 1):
                time.sleep(rng.uniform(0, 1.6))
                board.kill()
                while rng.random() < 0.25:
                    # Killed while starting, too: nothing to see then, everything to see afterwards.
                    start()
                    time.sleep(rng.uniform(0, 0.35))
                    board.kill()
                    early += 1
                start()
                look(f"after kill {round_number}")
                if publisher.problem:
                    raise Failed(f"publishing failed: {publisher.problem}")
            print(f"kill: {times} restarts after SIGKILL, and {early} kills while starting: a verified notice every time")
            print(f"kill: versions only ever rose; {len(generations)} generations seen, {publisher.count} published")

            publisher.finish.set()
            publisher.join()
            last = f"thu-{publisher.count}"
            board.wait(
                f"the last programme ({last})",
                lambda s: s["media"]["waiting"] == [] and (main_zone(s) or {}).get("id") == last,
                seconds=90,
            )
            print("kill: once publishing stops, the board reaches the last programme, its picture included")
        finally:
            publisher.finish.set()
            board.stop()
            server.stop()
        for session in sessions:
            until(5, f"the children of process {session} to end", lambda s=session: not session_members(s))
        print(f"kill: none of {len(sessions)} boards left a process behind")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"kill: seed {seed}", flush=True)
    try:
        sweep(options.program, options.times, seed)
    except Failed as failure:
        sys.exit(f"kill: FAILED (--seed {seed}): {failure}")


if __name__ == "__main__":
    main()
