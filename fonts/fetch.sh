#!/bin/sh
# Takes the four faces of Noto Sans SemiCondensed out of Debian's fonts-noto-extra into this folder.
# The package holds 334 MB of other faces, so it is downloaded and opened, never installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sums='cfc1d388e6c393cc3deecb8dbeaf67a28212fd6d7f6367bb78d0631331788313  NotoSans-SemiCondensedMedium.ttf
684cb238cf7e0b051001109013c88805cac918f8a832df58be27a8ef927bff77  NotoSans-SemiCondensedSemiBold.ttf
d29d1aaad5612dcca6ee92820b52c84e93511624e0500f3556ddc09e0b507225  NotoSans-SemiCondensedBold.ttf
6eb984ba3a868d9ef0bee450561ff5144a44ba360b0f0a28256fc84afda21313  NotoSans-SemiCondensedExtraBold.ttf'
whole() { (cd "$1" && printf '%s\n' "$sums" | sha256sum --check --quiet --strict - >/dev/null 2>&1); }

if whole "$here"; then
    echo "fonts: already here"
    exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
apt-get download fonts-noto-extra >/dev/null 2>&1 || {
    echo "fonts: \`apt-get download fonts-noto-extra\` failed; run \`apt-get update\`, check the network, and try again" >&2
    exit 1
}
dpkg-deb --fsys-tarfile fonts-noto-extra_*.deb | tar -x --strip-components=6 --wildcards \
    './usr/share/fonts/truetype/noto/NotoSans-SemiCondensedMedium.ttf' \
    './usr/share/fonts/truetype/noto/NotoSans-SemiCondensedSemiBold.ttf' \
    './usr/share/fonts/truetype/noto/NotoSans-SemiCondensedBold.ttf' \
    './usr/share/fonts/truetype/noto/NotoSans-SemiCondensedExtraBold.ttf'
dpkg-deb --fsys-tarfile fonts-noto-extra_*.deb | tar -xO './usr/share/doc/fonts-noto-extra/copyright' >LICENCE.noto
whole "$scratch" || {
    echo "fonts: this version of fonts-noto-extra holds other files than expected; compare them by eye, then put their SHA-256 sums into $0" >&2
    exit 1
}
cp NotoSans-SemiCondensed*.ttf LICENCE.noto "$here/"
echo "fonts: four faces of Noto Sans SemiCondensed are in $here"
