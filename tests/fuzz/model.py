"""What an emulator's projects should hold: a small model of sessions, threads, files and limits."""

from dataclasses import dataclass, field, replace

MINUTE = 60.0


@dataclass(kw_only=True)
class Session:
    """A session. `spent` holds the times of its requests."""

    id: str
    secret: str
    user: str
    created: float
    expires: float
    limit: int
    files: int
    history: bool
    ended: str | None = None
    uploads: int = 0
    spent: list[float] = field(default_factory=list)

    def status(self, now: float) -> str:
        """Its status at a time."""
        return self.ended or ("active" if now < self.expires else "expired")

    def left(self, now: float) -> int:
        """How many requests it may make, in the minute that ends now."""
        return max(0, self.limit - sum(now - MINUTE < moment <= now for moment in self.spent))

    def shown(self, now: float) -> tuple[str, int, int]:
        """Its status, and the requests and uploads that are left."""
        status = self.status(now)
        return (status, self.left(now), self.files - self.uploads) if status == "active" else (status, 0, 0)

    def end(self, how: str, now: float) -> None:
        """Cancel it or let it expire, unless it has ended."""
        if self.status(now) == "active":
            self.ended = how
            if how == "expired":
                self.expires = int(max(now, self.created))

    def ask(self, now: float) -> int:
        """The status that a request with its secret gets; it is counted if it is accepted."""
        if self.status(now) != "active":
            return 401
        if not self.left(now):
            return 429
        self.spent.append(now)
        return 200


@dataclass(kw_only=True)
class Thread:
    """A thread: whose it is, which session made it, and how many messages it has."""

    id: str
    user: str
    session: str
    messages: int = 1


@dataclass(kw_only=True)
class World:
    """A project; its clock stands still at `now`."""

    name: str
    now: float
    sessions: dict[str, Session] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def copy(self) -> "World":
        """The same, that does not change with it."""
        return World(
            name=self.name,
            now=self.now,
            sessions={name: replace(each, spent=[*each.spent]) for name, each in self.sessions.items()},
            threads={name: replace(each) for name, each in self.threads.items()},
            files=dict(self.files),
        )

    def clear(self) -> None:
        """Forget everything but the time."""
        self.sessions, self.threads, self.files = {}, {}, {}

    def seen_by(self, session: Session) -> set[str]:
        """The threads that a session may open."""
        return {
            thread.id
            for thread in self.threads.values()
            if thread.user == session.user and (session.history or thread.session == session.id)
        }
