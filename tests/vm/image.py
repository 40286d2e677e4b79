"""The disk of a machine on which nothing was done yet but to install Debian: made once, with what README.md installs from
Debian already unpacked.

An emulator takes a quarter of an hour to unpack packages that this machine unpacks in a minute, so README's line that installs
packages is run here, in the folder that becomes the disk. Inside the machine it is run again, and finds nothing to do.
"""

import hashlib
import pathlib
import shlex
import shutil
import subprocess

from machine import Failed

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DEBIAN = "bookworm"
# A small Debian with a kernel, logins, time and the agent that the test speaks through.
PACKAGES = "linux-image-amd64 initramfs-tools systemd-sysv systemd-timesyncd udev dbus libpam-systemd sudo kmod qemu-guest-agent"
DISK = "4G"


def readme_commands():
    """The lines of the first shell block under "On a Raspberry Pi"."""
    section = (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("\n## On a Raspberry Pi\n")[2]
    block = section.partition("```sh\n")[2].partition("```")[0]
    lines = [line for line in block.splitlines() if line.strip()]
    if not any("packages.sh" in line for line in lines) or not any("systemctl" in line for line in lines):
        raise Failed("README.md has no commands under \"On a Raspberry Pi\"")
    return lines


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise Failed(f"`{shlex.join(map(str, command))}` ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-800:]}")
    return done.stdout


def make(folder, say):
    """`base.img`, `vmlinuz` and `initrd` in `folder`; made again when what they are made from has changed."""
    install = [line for line in readme_commands() if "packages.sh" in line]
    script = REPOSITORY / "scripts/packages.sh"
    made_from = hashlib.sha256("\n".join([*install, script.read_text(), pathlib.Path(__file__).read_text()]).encode()).hexdigest()
    stamp = folder / "made-from"
    files = [folder / name for name in ["base.img", "vmlinuz", "initrd"]]
    if stamp.exists() and stamp.read_text() == made_from and all(file.exists() for file in files):
        return files
    stamp.unlink(missing_ok=True)
    root = folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    say("the machine's disk is made; that takes about five minutes")
    sources = next(
        source for source in ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"] if pathlib.Path(source).exists()
    )
    run(
        "mmdebstrap", "--mode=root", "--variant=apt", f"--include={PACKAGES.replace(' ', ',')}",
        # What is installed here is started when the machine boots.
        "--customize-hook=printf '#!/bin/sh\\nexit 101\\n' >\"$1/usr/sbin/policy-rc.d\"; chmod 755 \"$1/usr/sbin/policy-rc.d\"",
        # Raspberry Pi OS brings its network up by itself; here systemd does.
        "--customize-hook=printf '[Match]\\nType=ether\\n[Network]\\nDHCP=yes\\n' >\"$1/etc/systemd/network/lan.network\"",
        "--customize-hook=chroot \"$1\" systemctl enable systemd-networkd",
        f"--customize-hook=install -D {shlex.quote(str(script))} \"$1/mnt/scripts/packages.sh\"",
        *[f"--customize-hook=chroot \"$1\" sh -c {shlex.quote('cd /mnt && ' + line)}" for line in install],
        "--customize-hook=rm -r \"$1/mnt/scripts\" \"$1/usr/sbin/policy-rc.d\"; echo board >\"$1/etc/hostname\"",
        DEBIAN, root, sources,
    )
    for name, file in [("vmlinuz", files[1]), ("initrd", files[2])]:
        shutil.copy(next((root / "boot").glob(f"{name}*")), file)
    files[0].unlink(missing_ok=True)
    run("truncate", "-s", DISK, files[0])
    run("mke2fs", "-q", "-t", "ext4", "-d", root, files[0])
    shutil.rmtree(root)
    stamp.write_text(made_from)
    return files


def cargo(program, root_json, folder):
    """A small disk as a technician carries it: what README's commands take from the folder that they are typed in."""
    carried = folder / "cargo"
    shutil.rmtree(carried, ignore_errors=True)
    (carried / "target/release").mkdir(parents=True)
    shutil.copy(program, carried / "target/release/bangtin")
    for name in ["fonts", "config", "scripts"]:
        shutil.copytree(REPOSITORY / name, carried / name)
    shutil.copy(root_json, carried / "root.json")
    image = folder / "cargo.img"
    image.unlink(missing_ok=True)
    run("truncate", "-s", "512M", image)
    run("mke2fs", "-q", "-t", "ext4", "-d", carried, image)
    shutil.rmtree(carried)
    return image
