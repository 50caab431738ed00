"""The part of Kaldi's nnet3 that the recipe uses: write, read and evaluate ``am/final.mdl``.

A network is a list of nodes. A node applies one component to a descriptor, which is a nested
tuple: ``("input",)``-style names are plain strings, the rest is ``("offset", x, frames)``,
``("append", x, y, …)``, ``("sum", x, y)`` or ``("scale", factor, x)``.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from training import units
from training.features import SUBSAMPLING

Descriptor: TypeAlias = str | tuple[Any, ...]
Values: TypeAlias = dict[str, np.ndarray]


@dataclass
class Node:
    """One nnet3 node. ``kind`` is affine, linear, relu, noop, memory or logsoftmax.

    A memory holds for each channel ``y[t] = w * y[t - 1] + (1 - w) * x[t]``, with outputs of 30 ms
    counted and ``weight`` as ``w``. Kaldi knows no such component: it is written as three.
    """

    name: str
    kind: str
    source: Descriptor
    dim: int
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None


@dataclass
class Network:
    """Nodes in order of computation; the last one is the output."""

    nodes: list[Node]
    input_dim: int
    priors: np.ndarray

    @property
    def num_parameters(self) -> int:
        """Count of all weights and biases."""
        arrays = [a for node in self.nodes for a in (node.weight, node.bias) if a is not None]
        return sum(a.size for a in arrays)

    def context(self) -> tuple[int, int]:
        """Frames of left and right context that one output needs."""
        needed = _needed_times(self, np.array([0]))["input"]
        return -int(needed.min()), int(needed.max())

    def evaluate(self, features: np.ndarray, step: int = 3) -> np.ndarray:
        """Outputs, shape (ceil(frames / step), pdfs), for features of shape (frames, dim).

        Frames outside the utterance repeat its first or last one, as in Kaldi.
        """
        times = np.arange(0, len(features), step)
        needed = _needed_times(self, times)
        rows = np.clip(needed["input"], 0, len(features) - 1)
        values: Values = {"input": features[rows].astype(np.float32)}
        for node in self.nodes:
            values[node.name] = _apply(node, _read(node.source, needed[node.name], needed, values))
        return values[self.nodes[-1].name]


def _inputs(descriptor: Descriptor, times: np.ndarray) -> list[tuple[str, np.ndarray]]:
    if isinstance(descriptor, str):
        return [(descriptor, times)]
    operation, *rest = descriptor
    if operation == "offset":
        return _inputs(rest[0], times + rest[1])
    if operation == "scale":
        return _inputs(rest[1], times)
    return [pair for part in rest for pair in _inputs(part, times)]


def _needed_times(network: Network, times: np.ndarray) -> dict[str, np.ndarray]:
    needed: Values = {network.nodes[-1].name: times}
    for node in reversed(network.nodes):
        if node.kind == "memory":
            # Kaldi begins as early as the source can be computed.
            at, source = needed[node.name], needed[str(node.source)]
            first = min(at.min(), source.min())
            needed[node.name] = np.arange(first, at.max() + 1, SUBSAMPLING)
        for name, at in _inputs(node.source, needed[node.name]):
            needed[name] = np.union1d(needed[name], at) if name in needed else at
    return needed


def _read(descriptor: Descriptor, times: np.ndarray, needed: Values, values: Values) -> np.ndarray:
    if isinstance(descriptor, str):
        return values[descriptor][np.searchsorted(needed[descriptor], times)]
    operation, *rest = descriptor
    if operation == "offset":
        return _read(rest[0], times + rest[1], needed, values)
    if operation == "scale":
        return np.asarray(rest[0] * _read(rest[1], times, needed, values))
    parts = [_read(part, times, needed, values) for part in rest]
    return np.concatenate(parts, 1) if operation == "append" else np.add(*parts)


def _remember(value: np.ndarray, keep: np.ndarray) -> np.ndarray:
    out, state = np.empty_like(value), np.zeros_like(keep)
    for t, row in enumerate(value):
        out[t] = state = keep * state + (1 - keep) * row
    return out


def _apply(node: Node, value: np.ndarray) -> np.ndarray:
    if node.kind == "memory":
        assert node.weight is not None
        return _remember(value, node.weight)
    if node.weight is not None:
        out: np.ndarray = value @ node.weight.T
        return out if node.bias is None else np.asarray(out + node.bias)
    if node.kind == "relu":
        return np.asarray(np.maximum(value, 0))
    if node.kind == "noop":
        return value
    top = value - value.max(1, keepdims=True)
    return np.asarray(top - np.log(np.exp(top).sum(1, keepdims=True)))


# ---- writing -------------------------------------------------------------------------------


def token(text: str) -> bytes:
    """Kaldi token: the text and a space."""
    return text.encode() + b" "


def int32(value: int) -> bytes:
    """Kaldi binary int32."""
    return b"\x04" + struct.pack("<i", value)


def float32(value: float) -> bytes:
    """Kaldi binary float32."""
    return b"\x04" + struct.pack("<f", value)


def int_vector(values: list[int]) -> bytes:
    """Kaldi binary std::vector<int32>."""
    return b"\x04" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes()


def vector(values: np.ndarray | list[float]) -> bytes:
    """Kaldi binary float vector."""
    array = np.asarray(values, "<f4")
    return b"FV " + int32(len(array)) + array.tobytes()


def matrix(values: np.ndarray) -> bytes:
    """Kaldi binary double matrix."""
    return b"DM " + b"".join(map(int32, values.shape)) + values.astype("<f8").tobytes()


def compressed(values: np.ndarray) -> bytes:
    """Kaldi binary matrix of 16-bit steps between its least and largest value: half the size."""
    low = np.float32(values.min())
    span = max(np.float32(values.max()) - low, np.float32(1e-9))
    steps = np.round((values - low) / span * 65535).astype("<u2")
    return b"CM2 " + struct.pack("<ffii", low, span, *values.shape) + steps.tobytes()


def _transition_model() -> bytes:
    phones = sorted(units.PHONE_IDS.values())
    kinds = [-1] * (max(phones) + 1)
    for phone in phones:
        kinds[phone] = {units.SIL_PHONE: 0, units.SPN_PHONE: 2}.get(phone, 1)
    out = token("<TransitionModel>") + token("<Topology>") + int_vector(phones)
    out += int_vector(kinds) + int32(3)
    for states in (units.SIL_TOPOLOGY, units.PHONE_TOPOLOGY, units.SPN_TOPOLOGY):
        out += int32(len(states) + 1)
        for state in states:
            out += int32(state.pdf_class) + int32(len(state.arcs))
            for destination, probability in state.arcs:
                out += int32(destination) + float32(probability)
        out += int32(-1) + int32(0)
    out += token("</Topology>") + token("<Triples>") + int32(len(units.TRIPLES))
    for triple in units.TRIPLES:
        out += b"".join(int32(value) for value in triple)
    out += token("</Triples>") + token("<LogProbs>") + vector(units.TRANSITION_LOG_PROBS)
    return out + token("</LogProbs>") + token("</TransitionModel>")


def _descriptor_text(descriptor: Descriptor) -> str:
    if isinstance(descriptor, str):
        return descriptor
    operation, *rest = descriptor
    if operation == "offset":
        return f"Offset({_descriptor_text(rest[0])}, {rest[1]})" if rest[1] else rest[0]
    if operation == "scale":
        return f"Scale({rest[0]:g}, {_descriptor_text(rest[1])})"
    if operation == "ifdefined":
        return f"IfDefined({_descriptor_text(rest[0])})"
    return f"{operation.capitalize()}({', '.join(map(_descriptor_text, rest))})"


def _component(node: Node) -> bytes:
    if node.kind == "scale":
        assert node.weight is not None
        body = token("<Scales>") + vector(node.weight)
        return token("<FixedScaleComponent>") + body + token("</FixedScaleComponent>")
    if node.weight is not None:
        bias = np.zeros(len(node.weight)) if node.bias is None else node.bias
        body = token("<LinearParams>") + compressed(node.weight)
        body += token("<BiasParams>") + vector(bias)
        return token("<FixedAffineComponent>") + body + token("</FixedAffineComponent>")
    if node.kind == "noop":
        body = token("<Dim>") + int32(node.dim) + token("<BackpropScale>") + float32(1.0)
        return token("<NoOpComponent>") + body + token("</NoOpComponent>")
    kind = {"relu": "RectifiedLinearComponent", "logsoftmax": "LogSoftmaxComponent"}[node.kind]
    body = token("<Dim>") + int32(node.dim) + token("<ValueAvg>") + vector([])
    body += token("<DerivAvg>") + vector([]) + token("<Count>") + b"\x08" + struct.pack("<d", 0)
    return token(f"<{kind}>") + body + token(f"</{kind}>")


def _as_kaldi_knows(node: Node) -> list[Node]:
    if node.kind != "memory":
        return [node]
    assert node.weight is not None
    new, kept = f"{node.name}.new", f"{node.name}.kept"
    before = ("ifdefined", ("offset", kept, -SUBSAMPLING))
    return [
        Node(new, "scale", node.source, node.dim, 1 - node.weight),
        Node(kept, "scale", node.name, node.dim, node.weight),
        Node(node.name, "noop", ("sum", new, before), node.dim),
    ]


def write_model(network: Network, path: Path) -> None:
    """Write ``final.mdl``: transition model, network and priors."""
    config = [f"input-node name=input dim={network.input_dim}"]
    components = b""
    nodes = [part for node in network.nodes for part in _as_kaldi_knows(node)]
    for node in nodes:
        source = _descriptor_text(node.source)
        config.append(f"component-node name={node.name} component={node.name} input={source}")
        components += token("<ComponentName>") + token(node.name) + _component(node)
    config.append(f"output-node name=output input={network.nodes[-1].name} objective=linear")
    out = b"\0B" + _transition_model() + token("<Nnet3>") + b"\n"
    out += ("\n".join(config) + "\n\n").encode()
    out += token("<NumComponents>") + int32(len(nodes)) + components
    out += token("</Nnet3>") + token("<LeftContext>") + int32(0) + token("<RightContext>")
    out += int32(0) + token("<Priors>") + vector(network.priors)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out)


def write_cmvn(mean: np.ndarray, path: Path) -> None:
    """Write ``global_cmvn.stats`` with the global mean of the features."""
    stats = np.zeros((2, len(mean) + 1))
    stats[0, :-1], stats[0, -1] = mean * 1000, 1000
    stats[1, :-1] = 1000 * (mean**2 + 100)
    path.write_bytes(b"\0B" + matrix(stats))


# ---- reading -------------------------------------------------------------------------------


def read_cmvn(path: Path) -> np.ndarray:
    """Global mean of the features."""
    data = path.read_bytes()
    stats = np.frombuffer(data, "<f8", offset=len(data) - 2 * 41 * 8).reshape(2, 41)
    return np.asarray(stats[0, :-1] / stats[0, -1])


def _read_vector(data: bytes, at: int) -> np.ndarray:
    (size,) = struct.unpack_from("<i", data, at + 4)
    return np.frombuffer(data, "<f4", size, at + 8)


def _read_matrix(data: bytes, at: int) -> np.ndarray:
    if data.startswith(b"CM2 ", at):
        low, span, rows, columns = struct.unpack_from("<ffii", data, at + 4)
        steps = np.frombuffer(data, "<u2", rows * columns, at + 20).astype(np.float32)
        return np.asarray(low + span / 65535 * steps).reshape(rows, columns)
    rows, columns = (struct.unpack_from("<i", data, at + 4 + 5 * i)[0] for i in range(2))
    return np.frombuffer(data, "<f4", rows * columns, at + 13).reshape(rows, columns)


def _parse_descriptor(text: str) -> Descriptor:
    position = 0

    def parse() -> Descriptor:
        nonlocal position
        found = re.compile(r"\s*([\w.\-+]+)\s*").match(text, position)
        assert found, text
        position = found.end()
        name = found.group(1)
        if position >= len(text) or text[position] != "(":
            return name
        parts: list[Any] = []
        while text[position] != ")":
            position += 1
            parts.append(parse())
        position += 1
        if name == "Offset":
            return ("offset", parts[0], int(parts[1]))
        if name == "Scale":
            return ("scale", float(parts[0]), parts[1])
        return (name.lower(), *parts)

    return parse()


def _after(data: bytes, mark: str) -> Callable[[int], int]:
    return lambda start: data.index(token(mark), start) + len(token(mark))


def read_model(path: Path) -> Network:
    """Read a ``final.mdl`` that has only the components :func:`write_model` writes."""
    data = path.read_bytes()
    start = data.index(b"<Nnet3> \n") + len(b"<Nnet3> \n")
    end = data.index(b"\n\n", start)
    nodes, dim = [], 0
    for line in data[start:end].decode().splitlines():
        values = dict(re.findall(r"(\w+)=(.*?)(?= \w+=|$)", line))
        if line.startswith("input-node"):
            dim = int(values["dim"])
        if not line.startswith("component-node"):
            continue
        at = _after(data, "<ComponentName>")(end)
        while not data.startswith(token(values["component"]), at):
            at = _after(data, "<ComponentName>")(at)
        at += len(token(values["component"]))
        kind = data[at : data.index(b" ", at)].decode().strip("<>")
        node = Node(values["name"], "relu", _parse_descriptor(values["input"]), 0)
        if kind == "FixedScaleComponent":
            node.kind = "scale"
            node.weight = _read_vector(data, _after(data, "<Scales>")(at))
            node.dim = len(node.weight)
        elif kind == "FixedAffineComponent":
            node.kind = "affine"
            node.weight = _read_matrix(data, _after(data, "<LinearParams>")(at))
            node.bias = _read_vector(data, _after(data, "<BiasParams>")(at))
            node.dim = len(node.weight)
        else:
            kinds = {"LogSoftmaxComponent": "logsoftmax", "NoOpComponent": "noop"}
            node.kind = kinds.get(kind, "relu")
            (node.dim,) = struct.unpack_from("<i", data, _after(data, "<Dim>")(at) + 1)
        nodes.append(node)
    priors = _read_vector(data, data.rindex(token("<Priors>")) + len(token("<Priors>")))
    return Network(_with_memories(nodes), dim, priors)


def _with_memories(nodes: list[Node]) -> list[Node]:
    """The nodes with each three that :func:`_as_kaldi_knows` made as the one it was."""
    scales = {node.name: node for node in nodes if node.kind == "scale"}
    found = []
    for node in nodes:
        if kept := scales.get(f"{node.name}.kept"):
            source = scales[f"{node.name}.new"].source
            found.append(Node(node.name, "memory", source, node.dim, kept.weight))
        elif node.kind != "scale":
            found.append(node)
    return found
