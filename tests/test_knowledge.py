from app.knowledge import catalogue_files, knowledge


def test_the_catalogue_is_read_once() -> None:
    assert knowledge() is knowledge()
    assert "nvidia" in knowledge().catalogue.entities


def test_every_file_of_the_catalogue_is_read_in_order() -> None:
    files = catalogue_files()
    assert files == sorted(files)
    assert all(file.suffix == ".jsonl" for file in files)
