"""The explorer: requests of people enter, pages made from the API's queries leave; no SQL here."""
