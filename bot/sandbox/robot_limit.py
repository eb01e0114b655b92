"""20 messages a minute for each group robot, on both platforms."""

from __future__ import annotations

from collections import deque

from .state import State

PER_MINUTE = 20
WINDOW = 59.5  # a bot that keeps to sixty seconds by its own clock is not refused for the network's jitter


def takes(state: State, key: str, *, blocked_for: float = 0.0) -> bool:
    """Counts one message. DingTalk blocks a robot that goes beyond: every refusal until then is for free."""
    now = state.clock.now()
    if now < state.robot_blocked.get(key, 0.0):
        return False
    times = state.robot_times.setdefault(key, deque())
    while times and now - times[0] >= WINDOW:
        times.popleft()
    if len(times) >= PER_MINUTE:
        state.robot_blocked[key] = now + blocked_for
        return False
    times.append(now)
    return True
