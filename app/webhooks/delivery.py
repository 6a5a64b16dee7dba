"""Delivering the outbox: by one process at a time, in order for each endpoint, at least once."""

import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.errors import Unavailable
from app.store import audit, webhooks
from app.store.audit import SERVICE
from app.store.db import Database, SQLAlchemyError
from app.store.tables import Delivery, Webhook
from app.telemetry import log
from app.webhooks import events
from app.webhooks.addresses import Network
from app.webhooks.sending import EndpointAnswer, post, signed_headers

POLL_SECONDS = 0.5
LEASE = timedelta(seconds=20)
"""Longer than an attempt: another process takes over after this time at most."""
CLOSE_SECONDS = 3.0
LEASE_NAME = "webhooks"
FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS, GROWTH = 5.0, 6 * 3600.0, 4.0
MAX_ATTEMPTS = 19
"""The delays of 18 failures add up to three days."""
MAX_AGE = timedelta(days=3)
"""An event that waited longer behind others gets one attempt."""
_JITTER = 0.2
_BATCH = 100
_ENDPOINTS_AT_ONCE = 8
TURN_SECONDS = 5.0
"""An endpoint with a backlog begins no attempt after this time before the others had a turn."""
_HTTP_GONE = 410


def delay_seconds(failures: int, chance: float) -> float:
    """Return the pause after some failures; `chance`, from 0 to 1, is the jitter of a fifth."""
    pause = min(FIRST_DELAY_SECONDS * GROWTH ** (failures - 1), MAX_DELAY_SECONDS)
    return pause * (1 - _JITTER + 2 * _JITTER * chance)


class Deliverer:
    """Delivers the outbox of a database in a thread, while this process has the lease."""

    def __init__(
        self, database: Database, allowed: Sequence[Network], default_channel: str
    ) -> None:
        self.database = database
        self.allowed = allowed
        self.default_channel = default_channel
        self.holder = secrets.token_hex(8)
        self._lease_until = datetime.min.replace(tzinfo=UTC)
        self._lease_lock = threading.Lock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._turns: dict[int, Future[int]] = {}
        """The endpoints (pks) that are delivered to, or wait for a thread: none has two."""

    def start(self) -> None:
        """Start delivering, also again after an end."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Begin no more attempts."""
        self._ending.set()

    def close(self) -> None:
        """Stop after the attempts that are under way, unless they take long.

        What is not logged is sent again, with the same id.
        """
        self.end()
        if self._thread:
            self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        audit.act_as(SERVICE)
        pool = ThreadPoolExecutor(_ENDPOINTS_AT_ONCE, "webhooks")
        while not self._ending.wait(POLL_SECONDS):
            # A slow endpoint keeps its own thread busy; the others are not waited for.
            self._logged(lambda: len(self._begin_turns(pool)))
        pool.shutdown(wait=False, cancel_futures=True)
        _, running = wait(self._turns.values(), CLOSE_SECONDS)
        if not running:
            self._give_lease_back()

    def _logged(self, work: Callable[[], int]) -> int:
        """Return the result of some work, 0 if it fails: no fault must end the delivering."""
        try:
            return work()
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("webhooks", error=type(error).__name__)
        except Exception:
            # A defect in one event; it is logged each time.
            log.exception("webhooks")
        return 0

    def _give_lease_back(self) -> None:
        if self._lease_until <= datetime.now(UTC):
            return
        try:
            with self.database.write() as session:
                webhooks.drop_lease(session, LEASE_NAME, self.holder)
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("webhooks", error=type(error).__name__)

    def deliver_due(self) -> int:
        """Deliver what is due; return the number of attempts, 0 if another process delivers."""
        with ThreadPoolExecutor(_ENDPOINTS_AT_ONCE) as pool:
            return sum(turn.result() for turn in self._begin_turns(pool))

    def _begin_turns(self, pool: ThreadPoolExecutor) -> list[Future[int]]:
        """Give a turn to each endpoint that is due and has none; they begin in this order."""
        for webhook_pk, turn in list(self._turns.items()):
            if turn.done():
                del self._turns[webhook_pk]
        with self.database.read() as session:
            due = _due(session, datetime.now(UTC))
        new = [webhook_pk for webhook_pk in due if webhook_pk not in self._turns]
        if not new or not self._hold_lease():
            return []
        for webhook_pk in new:
            work = partial(self._deliver_to, webhook_pk)
            self._turns[webhook_pk] = pool.submit(self._logged, work)
        return [self._turns[webhook_pk] for webhook_pk in new]

    def _hold_lease(self) -> bool:
        """Take the lease, or renew it in time; return whether this process has it."""
        with self._lease_lock:
            now = datetime.now(UTC)
            if self._lease_until - now > LEASE / 2:
                return True
            with self.database.write() as session:
                is_held = webhooks.take_lease(session, LEASE_NAME, self.holder, now, LEASE)
            self._lease_until = now + LEASE if is_held else now
            return is_held

    def _deliver_to(self, webhook_pk: int) -> int:
        """Deliver to one endpoint in order, until a failure or the end of its turn.

        Return the number of attempts.
        """
        audit.act_as(SERVICE)
        attempts = 0
        turn_ends = time.monotonic() + TURN_SECONDS
        while not self._ending.is_set() and self._hold_lease():
            batch = self._prepared(webhook_pk)
            if batch is None:
                return attempts
            webhook, deliveries = batch
            for delivery in deliveries:
                if self._ending.is_set() or not self._hold_lease():
                    return attempts
                if attempts and time.monotonic() >= turn_ends:
                    return attempts
                attempts += 1
                if not self._attempt(webhook, delivery):
                    return attempts
        return attempts

    def _prepared(self, webhook_pk: int) -> tuple[Webhook, list[Delivery]] | None:
        """Return the next events with their bodies; None if nothing is due.

        The filters are decided and bodies written in one transaction for all of them.
        """
        now = datetime.now(UTC)
        with self.database.read() as session:
            webhook = session.get(Webhook, webhook_pk)
            if webhook is None or webhook.status != "active":
                return None
            statement = (
                select(Delivery)
                .where(col(Delivery.webhook_pk) == webhook_pk, col(Delivery.status) == "pending")
                .order_by(col(Delivery.pk))
                .limit(_BATCH)
            )
            waiting = list(session.execute(statement).scalars())
            if not waiting or waiting[0].due_at > now:
                return None
            bodies: dict[int, bytes] = {}
            filtered = []
            ready = []
            for delivery in waiting:
                assert delivery.pk
                if delivery.body is None:
                    content = events.body(session, webhook, delivery, self.default_channel)
                    if content is None:
                        filtered.append(delivery.pk)
                        continue
                    bodies[delivery.pk] = delivery.body = content
                ready.append(delivery)
        if bodies or filtered:
            with self.database.write() as session:
                webhooks.prepare(session, bodies, filtered, now)
        return webhook, ready

    def _attempt(self, webhook: Webhook, delivery: Delivery) -> bool:
        """Make one attempt and log it; return whether the next event may follow."""
        assert webhook.pk
        assert delivery.pk
        now = datetime.now(UTC)
        if delivery.due_at > now:
            return False
        body = delivery.body or b""
        signing = webhooks.live_secrets(webhook, now)
        headers = signed_headers(delivery.id, body, signing, now)
        answer = post(webhook.url, body, headers, self.allowed)
        ended = datetime.now(UTC)
        outcome = _outcome(delivery, answer, ended)
        with self.database.write() as session:
            webhooks.record_attempt(
                session,
                delivery.pk,
                _attempt_values(answer, now),
                outcome,
            )
            if answer.status == _HTTP_GONE:
                webhooks.disable(session, webhook.pk, ended)
            if "finished_at" in outcome:
                webhooks.prune(session, webhook.pk)
        return outcome.get("status") in ("delivered", "failed") and answer.status != _HTTP_GONE


def _due(session: Session, now: datetime) -> list[int]:
    """Return the active endpoints (pks) whose first waiting event is due."""
    heads = (
        select(func.min(col(Delivery.pk)))
        .join(Webhook, col(Webhook.pk) == col(Delivery.webhook_pk))
        .where(col(Delivery.status) == "pending", col(Webhook.status) == "active")
        .group_by(col(Delivery.webhook_pk))
    )
    statement = select(col(Delivery.webhook_pk)).where(
        col(Delivery.pk).in_(heads), col(Delivery.due_at) <= now
    )
    return list(session.execute(statement).scalars())


def _outcome(delivery: Delivery, answer: EndpointAnswer, now: datetime) -> dict[str, object]:
    """Return the columns of a delivery after an attempt."""
    if answer.is_accepted:
        return {"status": "delivered", "finished_at": now}
    failures = delivery.attempts + 1
    if answer.status == _HTTP_GONE or failures >= MAX_ATTEMPTS or now - delivery.at > MAX_AGE:
        return {"status": "failed", "finished_at": now}
    return {"due_at": now + timedelta(seconds=delay_seconds(failures, random.random()))}


def _attempt_values(answer: EndpointAnswer, now: datetime) -> dict[str, object]:
    text = answer.text.replace("\0", "\ufffd")[: webhooks.MAX_STORED_ANSWER_CHARS]
    return {
        "at": now.isoformat(),
        "status": answer.status,
        "answer": text or None,
        "error": answer.error,
        "milliseconds": answer.milliseconds,
    }
