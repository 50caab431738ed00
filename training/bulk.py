"""Thousands of utterances altered at once, as tensors on an accelerator.

What :mod:`training.delivery` and :mod:`training.mixing` do to one utterance as it is read, this
does to hours within a tenth of a second: all frames (10 ms) and outputs (30 ms) of the utterances
that were drawn lie one after another, and what is drawn for each utterance is spread over its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from scipy.fft import dct
from torch import Tensor

from training.features import CMN_GLOBAL, CMN_WINDOW, NUM_CEPS, SUBSAMPLING
from training.melpower import CENTRES, FLOOR, LIFTER
from training.memory import OUTPUT_SECONDS, scan
from training.mixing import MOST, PHASE_SPREAD
from training.packed import DECIBEL, STEP, Packed
from training.stream import AROUND_SPEECH, KEEP_SILENCE, LEAST_VOICE
from training.units import SIL_PDF, SPN_PDF

BLUR = 6
"""Frames to both sides that sounds run into at most."""
BABBLE = 7
"""Voices in the background at most."""
BURST = 60
"""Frames after which the sound of something struck is over."""
REACH = 128
"""Frames after which a room is silent again."""
QUIETEST = 1.0
"""Mean power of a recording that is not silence itself."""
PAUSE = 1e-3
"""Level of a noise's stretch, beside the whole of it, that is no pause to be amplified."""


class Flat(NamedTuple):
    """Normalised MFCCs (frames, 40); ``labels`` and whether another utterance ``starts``,
    (frames / 3,)."""

    features: Tensor
    labels: Tensor
    starts: Tensor


@dataclass
class Rows:
    """Frames of utterances one after another, ``lengths`` of each: which utterance a frame belongs
    to (``of``), and which of that one's frames it is (``at``)."""

    of: Tensor
    at: Tensor
    lengths: Tensor

    @property
    def count(self) -> int:
        """Utterances."""
        return len(self.lengths)

    def mean(self, values: Tensor, mask: Tensor | None = None) -> Tensor:
        """Mean of each utterance's values (frames,), of those frames alone that the mask has."""
        if mask is None:
            return self._sum(values) / self.lengths
        return self._sum(values * mask) / self._sum(mask.to(values.dtype)).clamp_min(1)

    def _sum(self, values: Tensor) -> Tensor:
        return torch.segment_reduce(values, "sum", lengths=self.lengths)

    def first(self, mask: Tensor) -> Tensor:
        """Which of each utterance's frames is the first that the mask has; its length where it has
        none."""
        found = torch.where(mask, self.at, self.lengths[self.of])
        return self.lengths.scatter_reduce(0, self.of, found, "amin")

    def among(self, chosen: Tensor) -> tuple[Tensor, Rows]:
        """Frames of some utterances (a mask), and the rows of those."""
        frames = torch.nonzero(chosen[self.of])[:, 0]
        return frames, Rows(self.of[frames], self.at[frames], self.lengths * chosen)


def rows_of(lengths: Tensor) -> Rows:
    """Rows of utterances of these lengths."""
    of = torch.repeat_interleave(torch.arange(len(lengths), device=lengths.device), lengths)
    first = torch.cumsum(lengths, 0) - lengths
    return Rows(of, torch.arange(len(of), device=of.device) - first[of], lengths)


class Bulk:
    """All utterances on one device."""

    def __init__(self, parts: Sequence[Packed], device: str, seed: int) -> None:
        self.device = device
        self.random = torch.Generator(device).manual_seed(seed)

        def joined(name: str) -> Tensor:
            return self._there(np.concatenate([getattr(part, name) for part in parts]))

        self.steps, self.labels = joined("steps"), joined("labels").long()
        known = np.cumsum([0] + [len(part.unknown) for part in parts])
        words = [np.where(p.words < 0, -1, p.words + n) for p, n in zip(parts, known, strict=False)]
        self.words, self.unknown = self._there(np.concatenate(words)), joined("unknown")
        self.outputs = joined("outputs").long()
        self.first = torch.cumsum(self.outputs, 0) - self.outputs
        noise = joined("noise")
        held = [part.held_out[part.recording] for part in parts]
        times = [part.times[part.recording] for part in parts]
        self.held_out = self._there(np.concatenate(held))
        self.times = self._there(np.concatenate(times)).float()
        self.mean = self._there(parts[0].mean).float()
        self.noises = torch.nonzero(noise & ~self.held_out)[:, 0]
        voices = ~noise & ~self.held_out & (self.outputs * SUBSAMPLING >= LEAST_VOICE)
        self.voices = torch.nonzero(voices)[:, 0]
        cosines = dct(np.eye(NUM_CEPS), norm="ortho", axis=1)
        self.cosines = self._there(cosines * LIFTER).float()
        self.curves = self._there(cosines[:, 1:5].T).float()
        self.phase_spread = self._there(PHASE_SPREAD)
        self.centres = self._there(CENTRES).float()
        self.level = self._levels()

    def _there(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(self.device)

    def _uniform(self, least: float, most: float, *shape: int) -> Tensor:
        drawn = torch.rand(*shape, device=self.device, generator=self.random)
        return least + (most - least) * drawn

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(*shape, device=self.device, generator=self.random)

    def _chance(self, share: float, count: int) -> Tensor:
        return self._uniform(0, 1, count) < share

    def _levels(self) -> Tensor:
        """Mean power of each utterance as it lies here."""
        rows = rows_of(self.outputs * SUBSAMPLING)
        parts = torch.chunk(self.steps, 1 + len(self.steps) // (1 << 20))
        power = torch.cat([torch.exp(part * STEP).sum(1) for part in parts])
        return rows.mean(power).clamp_min(QUIETEST)

    def epoch(self, hours: float) -> list[Tensor]:
        """Which utterances are drawn together, that many hours each; each as often as its
        recording says, a fraction by chance."""
        often = torch.where(self.held_out, 0.0, self.times)
        often = torch.floor(often + self._uniform(0, 1, len(often))).long()
        drawn = torch.repeat_interleave(torch.arange(len(often), device=self.device), often)
        drawn = drawn[torch.randperm(len(drawn), device=self.device, generator=self.random)]
        total = int(self.outputs[drawn].sum()) * OUTPUT_SECONDS / 3600
        return list(drawn.chunk(max(1, round(total / hours))))

    def draw(self, drawn: Tensor) -> Flat:
        """These utterances said otherwise, in another room and another noise."""
        speed = torch.where(self._chance(0.6, len(drawn)), self._uniform(0.75, 1.3, len(drawn)), 1)
        outputs = (self.outputs[drawn] / speed).long().clamp_min(1)
        spoken, rows = rows_of(outputs), rows_of(outputs * SUBSAMPLING)
        source = (spoken.at * speed[spoken.of]).round().long()
        source = torch.minimum(source, self.outputs[drawn][spoken.of] - 1)
        source = source + self.first[drawn][spoken.of]
        said = self.labels[source]
        sounds = said != SIL_PDF
        begins = spoken.first(sounds)
        log = self._said(drawn, speed, begins * SUBSAMPLING, rows)
        power = self._another_room(torch.exp(log), rows)
        power = self._with_noise(power, said, rows)
        features = self._normalised(torch.log(power.clamp_min(float(FLOOR))) @ self.cosines, rows)
        kept = self._kept(sounds, begins, spoken)
        labels = self._unknown(said, self.words[source])[kept]
        features = features.view(-1, SUBSAMPLING, NUM_CEPS)[kept].flatten(0, 1)
        of = spoken.of[kept]
        starts = torch.ones_like(of, dtype=torch.bool)
        starts[1:] = of[1:] != of[:-1]
        return Flat(features, labels, starts)

    def _steps_at(self, frames: Tensor) -> Tensor:
        """Log mel powers of some frames; what the steps hide is drawn."""
        hidden = self._uniform(-0.5, 0.5, len(frames), NUM_CEPS)
        return torch.mul(self.steps[frames] + hidden, STEP)

    def _said(self, drawn: Tensor, speed: Tensor, begins: Tensor, rows: Rows) -> Tensor:
        """Log mel powers at another pace, in which a voice ``begins`` at that frame of each
        utterance, without their very beginning, by another vocal tract, with less care."""
        count = len(drawn)
        last = self.outputs[drawn] * SUBSAMPLING - 1
        at = torch.minimum(rows.at * speed[rows.of], last[rows.of] - 0.001).clamp_min(0)
        low = at.long()
        part = (at - low)[:, None]
        low = low + self.first[drawn][rows.of] * SUBSAMPLING
        log = self._steps_at(low) * (1 - part) + self._steps_at(low + 1) * part
        log = self._another_tract(self._another_beginning(log, begins, rows), rows)
        log = self._run_together(log + (self._tone(3.0, count) - self._thin(count))[rows.of], rows)
        sharp = torch.where(self._chance(0.3, count), self._uniform(0.85, 1.25, count), 1)
        return log * sharp[rows.of, None]

    def _another_beginning(self, log: Tensor, begins: Tensor, rows: Rows) -> Tensor:
        """Log mel powers of which some voices lack their first 10 to 90 ms."""
        late = rows.at - begins[rows.of]
        missing = self._uniform(1, 10, rows.count).long() * self._chance(0.1, rows.count)
        quiet = torch.full((rows.count, NUM_CEPS), math.inf, device=self.device)
        quiet.scatter_reduce_(0, rows.of[:, None].expand_as(log), log, "amin")
        swallowed = (late >= 0) & (late < missing[rows.of])
        return torch.where(swallowed[:, None], quiet[rows.of], log)

    def _thin(self, count: int) -> Tensor:
        """How much fainter (count, 40), as logarithms, some voices are above their lowest harmonic
        or two: more with each octave, or all alike."""
        octaves = torch.log2((self.centres / self._uniform(200, 500, count, 1)).clamp_min(1))
        above = 1 / (1 + (self._uniform(180, 400, count, 1) / self.centres) ** 4)
        kind = self._uniform(0, 1, count, 1)
        alike = torch.where(kind < 0.4, self._uniform(5, 20, count, 1) * above, 0)
        sloping = self._uniform(2, 8, count, 1) * octaves
        return torch.mul(torch.where(kind < 0.15, sloping, alike), DECIBEL)

    def _another_tract(self, log: Tensor, rows: Rows) -> Tensor:
        other = torch.where(self._chance(0.6, rows.count), 0.07 * self._normal(rows.count), 0) + 1
        at = self._bands(self.centres * other[:, None])
        low = at.long().clamp_max(NUM_CEPS - 2)
        part = (at - low)[rows.of]
        low = low[rows.of]
        return log.gather(1, low) * (1 - part) + log.gather(1, low + 1) * part

    def _bands(self, hertz: Tensor) -> Tensor:
        """Where between the middles of the filters these lie."""
        above = torch.searchsorted(self.centres, hertz.contiguous()).clamp(1, NUM_CEPS - 1)
        low, high = self.centres[above - 1], self.centres[above]
        return (above - 1 + (hertz - low) / (high - low)).clamp(0, NUM_CEPS - 1)

    def _run_together(self, log: Tensor, rows: Rows) -> Tensor:
        width = torch.where(self._chance(0.3, rows.count), self._uniform(0.7, 2, rows.count), 0.05)
        time = torch.arange(-BLUR, BLUR + 1, device=self.device)
        weight = torch.exp(-0.5 * (time / width[:, None]) ** 2)
        weight = (weight / weight.sum(1, keepdim=True))[rows.of]
        around = torch.nn.functional.pad(log, (0, 0, BLUR, BLUR))
        blurred = torch.zeros_like(log)
        for index in range(2 * BLUR + 1):
            blurred.addcmul_(around[index : index + len(log)], weight[:, index, None])
        return blurred

    def _tone(self, spread: float, count: int) -> Tensor:
        """Smooth gains of so many decibels (count, 40), as logarithms."""
        curve = self._normal(count, 4) * spread * math.sqrt(NUM_CEPS / 4)
        return torch.mul(curve @ self.curves, DECIBEL)

    def _another_room(self, power: Tensor, rows: Rows) -> Tensor:
        """With what a room sends back later, which fades by 60 dB in 0.2 to 0.7 s."""
        keep = 10 ** (-0.06 / self._uniform(0.2, 0.7, rows.count))
        share = 10 ** (self._uniform(-12, 0, rows.count) / 10) * self._chance(0.35, rows.count)
        before = torch.cat([power[:1], power[:-1]]) * (rows.at > 0)[:, None]
        late = scan((keep[rows.of] * (rows.at > 0))[:, None], before, REACH)
        return power + (share * (1 - keep))[rows.of, None] * late

    def _with_noise(self, speech: Tensor, said: Tensor, rows: Rows) -> Tensor:
        """Mostly with a noise, and often with a hiss beside."""
        count = rows.count
        spoken = (said != SIL_PDF).repeat_interleave(SUBSAMPLING)
        spoken = spoken | (rows.mean(spoken.float()) == 0)[rows.of]
        loud = rows.mean(speech.sum(1), spoken)
        noise = self._noise(rows)
        deep = self._chance(0.45, count)
        ratio = torch.where(deep, self._uniform(-4, 10, count), self._uniform(4, 28, count))
        gain = loud * 10 ** (-ratio / 10) / rows.mean(noise.sum(1)).clamp_min(PAUSE)
        noise = noise * (gain * self._chance(0.88, count))[rows.of, None]
        hiss = torch.exp(self._tone(3.0, count)) * self.centres / self.centres.sum()
        quiet = loud * 10 ** (-self._uniform(22, 60, count) / 10) * self._chance(0.5, count)
        noise = noise + (quiet[:, None] * hiss)[rows.of]
        phase = (self._normal(*speech.shape) * self.phase_spread).clamp(-MOST, MOST)
        both = speech + noise + 2 * phase * torch.sqrt(speech * noise)
        level = self._uniform(-16, 10, count) * self._chance(0.6, count)
        return both * 10 ** (level / 10)[rows.of, None]

    def _noise(self, rows: Rows) -> Tensor:
        """Recorded noises one or two at once, or babble; struck dishes in some."""
        count = rows.count
        babble = self._chance(0.2, count)
        other = 10 ** self._uniform(-1.5, 0.5, count) * self._chance(0.5, count)
        noise = self._piece(self.noises, rows) + other[rows.of, None] * self._piece(
            self.noises, rows
        )
        at, among = rows.among(babble)
        voices = self._uniform(2, BABBLE + 1, count).long()
        noise[at] = sum(
            self._piece(self.voices, among) * (voices > voice)[among.of, None]
            for voice in range(BABBLE)
        )
        noise = noise * torch.exp(self._tone(4.0, count))[rows.of] * self._swell(rows)
        return noise + self._struck(rows, rows.mean(noise.sum(1)))

    def _piece(self, recordings: Tensor, rows: Rows) -> Tensor:
        """A stretch of a recording for each utterance at level 1, repeated if it is too short."""
        which = torch.randint(
            len(recordings), (rows.count,), device=self.device, generator=self.random
        )
        one = recordings[which]
        length = (self.outputs[one] * SUBSAMPLING)[rows.of]
        begin = (self._uniform(0, 1, rows.count)[rows.of] * length).long()
        frames = self.first[one][rows.of] * SUBSAMPLING + (begin + rows.at) % length
        return torch.exp(self._steps_at(frames)) / self.level[one][rows.of, None]

    def _swell(self, rows: Rows) -> Tensor:
        """Gain of each frame that wanders by some decibels within half a second, in some."""
        knots = 5 * self._normal(rows.count, int(rows.at.max()) // 50 + 2)
        knots = knots * self._chance(0.4, rows.count)[:, None]
        low = rows.at // 50
        part = rows.at / 50 - low
        decibels = knots[rows.of, low] * (1 - part) + knots[rows.of, low + 1] * part
        return torch.exp(DECIBEL * decibels)[:, None]

    def _struck(self, rows: Rows, loud: Tensor) -> Tensor:
        """Short sounds in a part of the spectrum that begin at once and fade."""
        noise = torch.zeros(len(rows.of), NUM_CEPS, device=self.device)
        often = self._uniform(0.5, 3, rows.count) * self._chance(0.4, rows.count) * 0.01
        at = torch.nonzero(self._uniform(0, 1, len(rows.of)) < often[rows.of])[:, 0]
        count = len(at)
        time = torch.arange(BURST, device=self.device)
        fade = torch.exp(-time / self._uniform(1, 15, count, 1))
        bands = torch.arange(NUM_CEPS, device=self.device)
        middle, width = self._uniform(0, NUM_CEPS, count, 1), self._uniform(1.5, 12, count, 1)
        band = torch.exp(-(((bands - middle) / width) ** 2))
        rough = torch.exp(0.7 * self._normal(count, BURST, NUM_CEPS))
        peak = loud[rows.of[at]] / NUM_CEPS * 10 ** self._uniform(-0.3, 1.5, count)
        sound = peak[:, None, None] * fade[:, :, None] * band[:, None] * rough
        frames = (at[:, None] + time).clamp_max(len(noise) - 1)
        return noise.index_add_(0, frames.flatten(), sound.flatten(0, 1))

    def _normalised(self, mfcc: Tensor, rows: Rows) -> Tensor:
        """Kaldi's online normalisation, of each utterance for itself."""
        sums = torch.cumsum(mfcc.T.double(), 1).T
        here = torch.arange(len(mfcc), device=self.device)
        count = (rows.at + 1).clamp_max(CMN_WINDOW)
        before = here - count
        since = torch.where((before >= 0)[:, None], sums[before.clamp_min(0)], 0)
        extra = (CMN_WINDOW - count).clamp_max(CMN_GLOBAL)
        total = (sums - since).float() + extra[:, None] * self.mean
        return mfcc - total / (count + extra)[:, None]

    def _kept(self, sounds: Tensor, begins: Tensor, spoken: Rows) -> Tensor:
        """Mostly without the silence before and after, which teaches little."""
        count, far = spoken.count, 1 << 20
        nothing = torch.full((count,), -far, device=self.device)
        last = nothing.scatter_reduce(
            0, spoken.of, torch.where(sounds, spoken.at, -far), "amax", include_self=True
        )
        whole = self._chance(KEEP_SILENCE, count) | (begins == spoken.lengths)
        first = torch.where(whole, 0, begins - self._uniform(1, AROUND_SPEECH, count).long())
        last = torch.where(whole, far, last + self._uniform(2, AROUND_SPEECH, count).long())
        return (spoken.at >= first[spoken.of]) & (spoken.at <= last[spoken.of])

    def _unknown(self, said: Tensor, words: Tensor) -> Tensor:
        """Labels with some words as any other speech, each drawn once."""
        drawn = self._uniform(0, 1, len(self.unknown)) < self.unknown
        return torch.where((words >= 0) & drawn[words.clamp_min(0)], SPN_PDF, said)
