"""Simulated bedrooms: impulse responses from a lying talker to a microphone nearby."""

from __future__ import annotations

import numpy as np
import pyroomacoustics as pra

from training.features import SAMPLE_RATE

LENGTH = int(0.5 * SAMPLE_RATE)


def simulate_room(rng: np.random.Generator) -> np.ndarray:
    """One response, direct sound at sample 0 and energy about 1, shape ``(LENGTH,)``.

    The room is 2.6-4.5 m wide with RT60 0.2-0.6 s; the talker's mouth is 0.45-0.75 m above the
    floor (in bed), the microphone 0.3-2 m away on a bedside table or the mattress.
    """
    size = np.array([rng.uniform(2.6, 4.5), rng.uniform(3.0, 5.0), rng.uniform(2.3, 2.8)])
    absorption, order = pra.inverse_sabine(rng.uniform(0.2, 0.6), size)
    material = pra.Material(absorption)
    room = pra.ShoeBox(size, SAMPLE_RATE, materials=material, max_order=min(order, 14))
    mouth = np.array([rng.uniform(0.6, size[0] - 0.6), rng.uniform(0.6, size[1] - 0.6), 0.0])
    mouth[2] = rng.uniform(0.45, 0.75)
    for _ in range(50):
        angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 2.0)
        microphone = mouth + np.array([distance * np.cos(angle), distance * np.sin(angle), 0.0])
        microphone[2] = rng.uniform(0.4, 1.0)
        if np.all(microphone > 0.1) and np.all(microphone < size - 0.1):
            break
    room.add_source(mouth)
    room.add_microphone(microphone)
    room.compute_rir()
    response = np.asarray(room.rir[0][0])
    start = max(int(np.argmax(np.abs(response) > 0.3 * np.abs(response).max())) - 2, 0)
    response = np.pad(response[start : start + LENGTH], (0, LENGTH))[:LENGTH]
    return np.asarray(response / np.sqrt((response**2).sum()), np.float32)


def simulate_rooms(count: int, seed: int) -> np.ndarray:
    """``count`` responses, shape ``(count, LENGTH)``."""
    rng = np.random.default_rng(seed)
    return np.stack([simulate_room(rng) for _ in range(count)])
