"""Delivery of the outbox: order, signatures, failures, leases and replays."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from app.curate import acts
from app.curate.conduct import Curation
from app.query import webhooks as query
from app.query.request.webhook_params import DeliveryList
from app.store.db import Database
from app.store.tables import Delivery
from app.webhooks import delivery as delivery_module
from app.webhooks import endpoints, sending
from app.webhooks.delivery import MAX_ATTEMPTS, Deliverer, delay_seconds
from app.webhooks.endpoints import Replay
from tests.conftest import CHANNEL, take_in
from tests.documents import document, item
from tests.receiver import Receiver, receiving

LOOPBACK = [ip_network("127.0.0.0/8")]
FIRST = document("2026-01-01", item("甲", entities="NVIDIA"), item("乙", entities="Qwen, Foobar"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def subscribe(database: Database, receiver: Receiver, *events: str, **more: Any) -> str:
    """Add a webhook for the receiver; return its id."""
    values = {"url": receiver.url, "events": list(events), "filters": "", "description": None}
    made = endpoints.create(database, values | more)
    receiver.secrets.append(made.secret)
    return made.webhook.id


def deliverer(database: Database, holder: str = "one") -> Deliverer:
    made = Deliverer(database, LOOPBACK, CHANNEL)
    made.holder = holder
    return made


def make_due(database: Database) -> None:
    with database.write() as session:
        session.execute(update(Delivery).values(due_at=datetime.now(UTC)))


def test_events_arrive_signed_and_in_order(database: Database, receiver: Receiver) -> None:
    subscribe(
        database, receiver, "briefing.created", "item.created", "entity.merged", "briefing.updated"
    )
    take_in(database, FIRST, "2026-01-01.md")
    acts.merge(database, CHANNEL, "Foobar", "Qwen", Curation("desk"))
    assert deliverer(database).deliver_due() == 4
    assert receiver.kinds() == ["briefing.created", "item.created", "item.created", "entity.merged"]
    titles = [event["data"]["item"]["title"] for event in receiver.events[1:3]]
    assert titles == ["甲", "乙"]
    assert receiver.events[0]["data"]["links"]["self"] == "/v1/briefings/2026-01-01"
    assert len(set(receiver.ids)) == 4
    assert deliverer(database).deliver_due() == 0


def test_filters_leave_events_out(database: Database, receiver: Receiver) -> None:
    subscribe(database, receiver, "item.created", filters="entity=Qwen")
    take_in(database, FIRST, "2026-01-01.md")
    assert deliverer(database).deliver_due() == 1
    assert receiver.events[0]["data"]["item"]["title"] == "乙"


def test_a_failure_is_repeated_with_the_same_id_before_anything_else(
    database: Database, receiver: Receiver
) -> None:
    webhook = subscribe(database, receiver, "item.created")
    receiver.statuses = [500, 302]
    take_in(database, FIRST, "2026-01-01.md")
    for _ in range(3):
        deliverer(database).deliver_due()
        make_due(database)
    assert receiver.ids[0] == receiver.ids[1] == receiver.ids[2] != receiver.ids[3]
    assert receiver.bodies[0] == receiver.bodies[2]
    with database.read() as session:
        listed = query.deliveries(session, webhook, DeliveryList()).entries
    assert [entry.status for entry in listed] == ["delivered", "delivered"]
    assert [attempt.status for attempt in listed[1].attempts] == [500, 302, 204]
    assert listed[1].attempts[0].answer == "seen"


def test_an_answer_410_disables_the_endpoint(database: Database, receiver: Receiver) -> None:
    webhook = subscribe(database, receiver, "item.created")
    receiver.statuses = [410]
    take_in(database, FIRST, "2026-01-01.md")
    assert deliverer(database).deliver_due() == 1
    with database.read() as session:
        answer_shape = query.one(session, webhook)
    assert (answer_shape.status, answer_shape.pending) == ("disabled", 0)
    assert deliverer(database).deliver_due() == 0


def test_a_paused_endpoint_gets_its_events_later(database: Database, receiver: Receiver) -> None:
    webhook = subscribe(database, receiver, "item.created")
    endpoints.change(database, webhook, {"status": "paused"})
    take_in(database, FIRST, "2026-01-01.md")
    assert deliverer(database).deliver_due() == 0
    endpoints.change(database, webhook, {"status": "active"})
    assert deliverer(database).deliver_due() == 2


def test_two_secrets_sign_during_the_overlap(database: Database, receiver: Receiver) -> None:
    webhook = subscribe(database, receiver, "item.created")
    receiver.secrets.append(endpoints.rotate(database, webhook, timedelta(hours=1)).secret)
    endpoints.test(database, webhook)
    assert deliverer(database).deliver_due() == 1
    assert receiver.kinds() == ["webhook.test"]
    newest = endpoints.rotate(database, webhook, timedelta(0)).secret
    receiver.secrets = [newest]
    endpoints.test(database, webhook)
    deliverer(database).deliver_due()
    assert len(receiver.events) == 2
    signatures = {k.lower(): v for k, v in receiver.headers[1].items()}["webhook-signature"]
    assert len(signatures.split()) == 1


def test_one_process_at_a_time_delivers(database: Database, receiver: Receiver) -> None:
    subscribe(database, receiver, "item.created")
    take_in(database, FIRST, "2026-01-01.md")
    first, second = deliverer(database), deliverer(database, "two")
    assert first._hold_lease()
    assert second.deliver_due() == 0
    first._give_lease_back()
    assert second.deliver_due() == 2


def test_a_replay_sends_the_same_id_again(database: Database, receiver: Receiver) -> None:
    webhook = subscribe(database, receiver, "item.created")
    take_in(database, FIRST, "2026-01-01.md")
    deliverer(database).deliver_due()
    assert endpoints.replay(database, webhook, Replay(delivery=receiver.ids[1])) == 1
    deliverer(database).deliver_due()
    assert receiver.ids[2] == receiver.ids[1]
    assert endpoints.replay(database, webhook, Replay(until=datetime.now(UTC))) == 2
    deliverer(database).deliver_due()
    assert receiver.ids[3:] == receiver.ids[:2]


def test_private_addresses_are_refused(database: Database, receiver: Receiver) -> None:
    webhook = subscribe(database, receiver, "item.created")
    take_in(database, FIRST, "2026-01-01.md")
    assert Deliverer(database, [], CHANNEL).deliver_due() == 1
    assert receiver.events == []
    with database.read() as session:
        listed = query.deliveries(session, webhook, DeliveryList()).entries
    assert "not a public address" in str(listed[1].attempts[0].error)


def test_a_saved_search_with_an_alert_is_an_event(database: Database, receiver: Receiver) -> None:
    subscribe(database, receiver, "search.hit")
    search = {"name": "Qwen", "filters": "entity=Qwen", "alert": True}
    made = endpoints.save_search(database, search)
    endpoints.save_search(database, search | {"name": "silent", "alert": False})
    take_in(database, FIRST, "2026-01-01.md")
    assert deliverer(database).deliver_due() == 1
    assert receiver.events[0]["data"]["searches"] == [{"id": made.id, "name": "Qwen"}]


def test_stories_and_watch_lists_are_events(database: Database, receiver: Receiver) -> None:
    subscribe(database, receiver, "thread.updated", "watch.hit")
    link = "https://a.com/story"
    text = document("2026-01-01", item("Qwen 發布模型", link, entities="Qwen"))
    take_in(database, text + "\n## 關注清單\n\n- Qwen 的下一步\n", "2026-01-01.md")
    later = document("2026-01-02", item("Qwen 發布模型的後續", link, entities="Qwen"))
    take_in(database, later, "2026-01-02.md")
    deliverer(database).deliver_due()
    assert "thread.updated" in receiver.kinds()


def test_delays_grow_to_three_days() -> None:
    delays = [delay_seconds(number, 0.5) for number in range(1, MAX_ATTEMPTS)]
    assert delays[:3] == [5.0, 20.0, 80.0]
    assert 2.9 < sum(delays) / 86_400 < 3.2
    assert delay_seconds(1, 0.0) == 4.0
    assert round(delay_seconds(1, 1.0), 6) == 6.0


def test_an_endpoint_that_is_away_is_tried_for_three_days(
    lite: Database, receiver: Receiver
) -> None:
    subscribe(lite, receiver, "briefing.created")
    receiver.statuses = [503] * MAX_ATTEMPTS
    take_in(lite, FIRST, "2026-01-01.md")
    pauses = []
    for number in range(1, MAX_ATTEMPTS + 1):
        began = datetime.now(UTC)
        assert deliverer(lite).deliver_due() == 1
        with lite.read() as session:
            (event,) = session.exec(select(Delivery)).all()
        assert event.attempts == number
        if event.status == "pending":
            pauses.append((event.due_at - began).total_seconds())
            # Not before it is due; then time is moved on.
            assert deliverer(lite).deliver_due() == 0
            make_due(lite)
    assert (event.status, len(pauses)) == ("failed", MAX_ATTEMPTS - 1)
    assert 2.3 < sum(pauses) / 86_400 < 3.8
    for number, pause in enumerate(pauses, 1):
        assert 0.79 < pause / delay_seconds(number, 0.5) < 1.25 + 5 / pause
    assert len(set(receiver.ids)) == 1
    assert len(event.log) <= MAX_ATTEMPTS


def test_several_processes_deliver_once_and_in_order(
    database: Database, receiver: Receiver
) -> None:
    subscribe(database, receiver, "item.created")
    take_in(database, FIRST, "2026-01-01.md")
    others = [document(f"2026-02-0{day}", item(f"第 {day} 條")) for day in range(1, 9)]
    deliverers = [deliverer(database, f"process {number}") for number in range(3)]
    for one_deliverer in deliverers:
        one_deliverer.start()
    for day, text in enumerate(others, 1):
        take_in(database, text, f"2026-02-0{day}.md")
    deadline = time.monotonic() + 30
    while len(receiver.ids) < 10 and time.monotonic() < deadline:
        time.sleep(0.05)
    for one_deliverer in deliverers:
        one_deliverer.close()
    positions = [event["data"]["change"]["position"] for event in receiver.events]
    numbers = [int(position.rpartition("-")[2]) for position in positions]
    assert len(receiver.ids) == len(set(receiver.ids)) == 10
    assert numbers == sorted(numbers)


def test_a_slow_endpoint_delays_no_other(
    lite: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(lite, FIRST, "2026-01-01.md")
    released = threading.Event()
    with receiving() as slow:
        subscribe(lite, slow, "item.created")
        subscribe(lite, receiver, "item.created")
        whole_post = sending.post

        def post(url: str, *rest: Any) -> Any:
            if url == slow.url:
                released.wait(20)
            return whole_post(url, *rest)

        monkeypatch.setattr(delivery_module, "post", post)
        running = deliverer(lite)
        running.start()
        try:
            # The second document comes while the slow endpoint still has the first.
            for number in (1, 2):
                take_in(lite, document(f"2026-02-0{number}", item(f"丙{number}")), f"{number}.md")
                wait_for(lambda number=number: len(receiver.ids) == number)  # type: ignore[misc]  # mypy infers no default
            assert slow.ids == []
            released.set()
            wait_for(lambda: len(slow.ids) == 2)
        finally:
            released.set()
            running.close()


def test_an_endpoint_with_a_backlog_takes_turns(
    lite: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "TURN_SECONDS", 0.0)
    subscribe(lite, receiver, "item.created")
    take_in(lite, FIRST, "2026-01-01.md")
    first = deliverer(lite)
    assert [first.deliver_due() for _ in range(3)] == [1, 1, 0]
    assert len(receiver.ids) == 2


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds, at most fifteen seconds."""
    deadline = time.monotonic() + 15
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def test_an_event_is_given_up_after_the_last_attempt(
    database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "MAX_ATTEMPTS", 1)
    subscribe(database, receiver, "item.created")
    receiver.statuses = [500]
    take_in(database, FIRST, "2026-01-01.md")
    deliverer(database).deliver_due()
    with database.read() as session:
        statuses = session.exec(select(Delivery.status).order_by(col(Delivery.pk))).all()
    assert statuses == ["failed", "delivered"]
