"""Host side, one file per runtime: start or attach, inject, bring the events home."""
