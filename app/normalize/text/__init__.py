"""Text goes in; folded text, tokens, features and weights come out; no names or entities here."""
