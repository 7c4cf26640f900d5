"""A record whose change is told by an earlier one points to it, and the pointer is right."""

from services.annotator.annotation.compounds import Answer, Compounds


def answer(position, *entries, marks=("0",)):
    return Answer(position, 0, position, "G", ["A"], list(entries), list(marks))


def told(*positions):
    return "missense|A|A1|protein_coding|+|2A>2N|" + "+".join(f"{position}G>A" for position in positions)


def test_a_pointer_to_a_record_that_has_nothing_to_do_with_it_is_put_right():
    """Where genes overlap the engine may name the position of a later record."""
    target, pointing = answer(104, told(104, 105)), answer(105, "@999", "intron|B||protein_coding")

    right = Compounds([target, pointing]).with_right_pointers(pointing)

    assert right.entries == ["@104", "intron|B||protein_coding"]


def test_of_several_wrong_pointers_the_samples_tell_which_is_which():
    """A sample has a pointer on the haplotypes on which it has what is pointed to."""
    targets = [answer(101, told(101, 105), marks=("1", "0")), answer(102, told(102, 105), marks=("0", "2"))]
    pointing = answer(105, "@999", "@998", marks=("0", str(0b0010)))
    other = pointing._replace(marks=["1", "8"])

    assert Compounds([*targets, pointing]).with_right_pointers(pointing).entries == ["@102", "@101"]
    assert Compounds([*targets, other]).with_right_pointers(other).entries == ["@101", "@102"]


def test_a_pointer_means_what_is_told_of_its_own_change():
    """The record that it points to may tell of others too."""
    target = answer(104, told(104), told(104, 105), told(104, 107))
    pointing = answer(105, "intron|B||protein_coding", "@104")

    assert Compounds([target, pointing]).meaning(pointing) == ["intron|B||protein_coding", told(104, 105)]


def test_a_pointer_that_nothing_explains_is_of_the_coding_sequence():
    """It says at least so much."""
    pointing = answer(105, "@104")

    assert Compounds([pointing]).with_right_pointers(pointing) == pointing
    assert Compounds([pointing]).meaning(pointing) == ["coding_sequence|||"]
