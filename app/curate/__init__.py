"""Curation: a curator's act enters, a judgement and all that follows leave, in one transaction."""
