"""Events of the outbox enter; signed requests leave; nothing but the delivery log is written."""
