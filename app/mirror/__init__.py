"""Another Briefbase's changes enter over HTTP; the same documents and judgements are stored."""
