from app.draft.sentences import MAX_SENTENCE_CHARS, sentences


def test_sentences_end_where_both_languages_end_them() -> None:
    text = (
        "輝達發布新的推論晶片系列。「成本降了四成。」執行長這樣說明！\n"
        "The company shipped version 5.2 of its model. It costs $3.50 an hour, Dr. Lin said."
    )
    quoted = [sentence.text for sentence in sentences(text)]
    assert quoted[0] == "輝達發布新的推論晶片系列。"
    assert "The company shipped version 5.2 of its model." in quoted
    assert all(sentence in text for sentence in quoted)


def test_fragments_and_boilerplate_are_no_sentences() -> None:
    text = "更多內容\n訂閱我們的電子報以獲得每日的新聞整理。\nSubscribe to our newsletter today, please."
    assert sentences(text) == []


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    (sentence,) = sentences("這一段話說明了同一件事，" * 30 + "結束。")
    assert len(sentence.quotation) <= MAX_SENTENCE_CHARS + 2
    assert sentence.quotation.endswith("事……")
    assert sentence.quotation.removesuffix("……") in sentence.text


def test_sentences_with_markup_are_not_quoted() -> None:
    text = "這是**強調**過的一句完整的話。\n# 這一行像是一個標題而不是話。\n看 [這裡](x) 的一句完整的話。"
    assert sentences(text) == []


def test_a_sentence_with_an_address_is_not_quoted() -> None:
    assert sentences("論文與程式碼都放在 https://arxiv.org/abs/2512.23675 供人下載。") == []


def test_words_of_news_are_no_boilerplate() -> None:
    text = "公司記錄員工的點擊與鍵盤輸入。產品的廣告在兩國上線並標示贊助。受版權保護的角色遭人複製使用。"
    assert len(sentences(text)) == 3
    assert not sentences("點擊此處閱讀更多的內容。版權所有，未經授權不得轉載。請訂閱我們的電子報。")
