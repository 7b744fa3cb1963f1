"""What runs beside the calls: the delivery of notifications."""

from roomstead_sandbox.google.state import FaceState


class Background:
    """Begun and ended with the server."""

    def __init__(self, state: FaceState) -> None:
        self.state = state

    async def start(self) -> None:
        """Begin on the running loop."""

    async def stop(self) -> None:
        """End what `start` began."""

    def clear(self) -> None:
        """Forget what is under way."""
