"""What raw values mean, table by table: counts, times, ids, texts, people and what an account is;
frames of text in, typed rows, repairs and refusals out. No file and no path is known here."""
