"""Imported once by the process that readers are forked from: they share its names in memory."""

import gc

from app.intake import reading

reading.prepare()
gc.collect()
gc.freeze()
