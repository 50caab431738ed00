"""A private PulseAudio server with two null sinks: a real sound path without a sound card."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from voiceacu.pcm import RATE

MISSING = next(
    (
        f"{tool} is not installed"
        for tool in ("pulseaudio", "pactl", "paplay", "parecord")
        if shutil.which(tool) is None
    ),
    None,
)

_SERVER = """
load-module module-native-protocol-unix auth-anonymous=1 socket={run}/native
load-module module-null-sink sink_name=mic rate=16000 channels=1
load-module module-null-sink sink_name=spk rate=48000 channels=2
load-module module-remap-source source_name=microphone master=mic.monitor
set-default-sink spk
set-default-source microphone
"""

_ALSA = """
</usr/share/alsa/alsa.conf>
pcm.bed_microphone { type pulse device microphone hint.description "bed microphone" }
pcm.bed_speaker { type pulse device spk hint.description "bed speaker" }
pcm.!default { type pulse hint.description "default" }
"""


class Pulse:
    """The server; `environment` is what a client needs to find it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pulse"))
        run = self.folder / "run"
        run.mkdir()
        (self.folder / "default.pa").write_text(_SERVER.format(run=run))
        (self.folder / "asound.conf").write_text(_ALSA)
        self.environment = {
            "XDG_RUNTIME_DIR": str(run),
            "PULSE_RUNTIME_PATH": str(run),
            "PULSE_SERVER": f"unix:{run}/native",
            "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"),
        }
        self._listeners: list[subprocess.Popen[bytes]] = []
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = "--daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes"
        self._server = subprocess.Popen(
            [
                "pulseaudio",
                "-n",
                "-F",
                str(self.folder / "default.pa"),
                *options.split(),
                "--realtime=no",
                "--high-priority=no",
            ],
            env=os.environ | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while self.control("info", check=False).returncode:
            if time.monotonic() > deadline:
                raise TimeoutError("PulseAudio did not come up in 10 s")
            time.sleep(0.05)
        # A null sink nobody listens to closely works in steps of two seconds.
        self._listeners = [
            subprocess.Popen(
                ["parecord", f"--device={sink}.monitor", "--raw", "--latency-msec=10", "/dev/null"],
                env=os.environ | self.environment,
                stderr=subprocess.DEVNULL,
            )
            for sink in ("mic", "spk")
        ]
        time.sleep(2.0)

    def listen_no_more(self) -> None:
        """Let both sinks work in the steps that the programs which use them ask for."""
        while self._listeners:
            listener = self._listeners.pop()
            listener.kill()
            listener.wait()

    def kill(self) -> None:
        """End the server without a word to its clients."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        self.listen_no_more()
        (self.folder / "run" / "native").unlink(missing_ok=True)

    def close(self) -> None:
        """End the server and remove what it left."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def control(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `pactl` with this command."""
        return subprocess.run(
            ["pactl", *command],
            env=os.environ | self.environment,
            check=check,
            capture_output=True,
            text=True,
            timeout=10,
        )

    def play(self, wav: Path) -> subprocess.Popen[bytes]:
        """Play a WAV file into the microphone."""
        return subprocess.Popen(
            ["paplay", "--device=mic", str(wav)], env=os.environ | self.environment
        )

    def record(self, seconds_file: Path) -> subprocess.Popen[bytes]:
        """Record what the loudspeaker plays as raw 16-bit mono at 16 kHz, until terminated."""
        return subprocess.Popen(
            [
                "parecord",
                "--device=spk.monitor",
                "--raw",
                f"--rate={RATE}",
                "--channels=1",
                "--format=s16le",
                "--latency-msec=10",
                str(seconds_file),
            ],
            env=os.environ | self.environment,
        )
