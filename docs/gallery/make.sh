#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make.sh PHOTOS [NAME ...]: makes this folder's sheets, loops and page again, or only those of the stories NAME, out of
# what tools/scene_net/fetch.py put into PHOTOS. From the root of a built tree, with ffmpeg and exiftool.
set -eu
photos=$1
shift
here=docs/gallery
enliven=${ENLIVEN:-build/enliven}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Cell $2 of line $1.
cell() {
    printf '%s\n' "$1" | cut -f "$2"
}

photo_of() {
    case $(cell "$1" 2) in
    samples/*) cell "$1" 2 ;;
    *) echo "$photos/$(cell "$1" 2).jpg" ;;
    esac
}

# Width and height of photo $1 when its longer side becomes $2, even.
size() {
    ffprobe -v error -select_streams v:0 -show_entries stream=width,height -of csv=p=0:s=x "$1" |
        awk -F x -v long="$2" '{
            k = long / ($1 > $2 ? $1 : $2) / 2
            printf "%dx%d", 2 * int($1 * k + .5), 2 * int($2 * k + .5)
        }'
}

# ffmpeg's words for the frames $1, a list with commas, and no others.
frames() {
    printf "select='eq(n,%s)'" "$(printf '%s' "$1" | sed 's/,/)+eq(n,/g')"
}

# The story of line $1 in size $2 into file $3.
story() {
    line=$1 prompt=$(cell "$1" 4) size=$2 out=$3
    set --
    [ -z "$prompt" ] || set -- --prompt "$prompt"
    # shellcheck disable=SC2046  # options are words
    nice "$enliven" story "$(photo_of "$line")" "$@" $(cell "$line" 5) \
        --seconds 3 --fps 24 --size "$size" --loop --mute -o "$out" --force
}

# The photo $1 by FFmpeg's zoompan. It places whole pixels, so it is given six times as many to keep it from shaking.
zoompan() {
    nice ffmpeg -nostdin -v error -y -i "$1" -vf "scale=$(size "$1" 2880):flags=lanczos,\
zoompan=z='min(zoom+0.0008,1.1)':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=72:fps=24:s=$(size "$1" 480)" \
        -c:v libx264 -crf 12 -pix_fmt yuv420p "$work/zoompan.mp4"
}

# A loop of line $1, in the largest of three sizes that takes no more than 150 kB.
loop() {
    for long in 320 272 224; do
        story "$1" "$(size "$(photo_of "$1")" $long)" "$work/loop.avif"
        [ "$(wc -c < "$work/loop.avif")" -gt 150000 ] || break
    done
    mv "$work/loop.avif" "$here/$(cell "$1" 1).avif"
}

# A picture $1 of at most 60 kB; the other words are ffmpeg's. The story's frames keep the marks of its file.
picture() {
    out=$1
    shift
    for quality in 5 8 11 15 20; do
        ffmpeg -nostdin -v error -y "$@" -frames:v 1 -q:v $quality "$work/picture.jpg"
        [ "$(wc -c < "$work/picture.jpg")" -gt 56000 ] || break
    done
    exiftool -q -overwrite_original -tagsfromfile "$work/story.mp4" -xmp:all "$work/picture.jpg"
    mv "$work/picture.jpg" "$out"
}

# Four frames of the story over the same four of zoompan.
sheet() {
    story "$1" "$(size "$(photo_of "$1")" 480)" "$work/story.mp4"
    zoompan "$(photo_of "$1")"
    row="$(frames "$(cell "$1" 6)"),scale=240:-2:flags=area,tile=4x1"
    picture "$here/$(cell "$1" 1).jpg" -i "$work/story.mp4" -i "$work/zoompan.mp4" \
        -filter_complex "[0]${row}[a];[1]${row}[b];[a][b]vstack"
}

# A part of the photo, and the same part where it went wrong: story $1, line $2 of failures.tsv.
failure() {
    story "$1" photo "$work/story.mp4"
    part="crop=iw*$(cell "$2" 5):ih*$(cell "$2" 6):iw*$(cell "$2" 3):ih*$(cell "$2" 4)"
    picture "$here/failure-$(cell "$2" 1).jpg" -i "$work/story.mp4" \
        -vf "$(frames "0,$(cell "$2" 2)"),$part,scale=480:-2:flags=bicubic,tile=2x1"
}

grep -v '^#' "$here/stories.tsv" | while IFS= read -r line; do
    name=$(cell "$line" 1)
    case " ${*:-$name} " in
    *" $name "*) ;;
    *) continue ;;
    esac
    loop "$line"
    sheet "$line"
    wrong=$(grep "^$name$(printf "\t")" "$here/failures.tsv" || true)
    [ -z "$wrong" ] || failure "$line" "$wrong"
done
"$here/page.py"
