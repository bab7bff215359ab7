"""What is read from the texts of the stacks, and what is known of them."""

from django_fargate.release.holders import HOLDERS
from django_fargate.release.parameters import declared

from .held import HELD


def test_what_holds_each_name_is_known():
    assert HOLDERS.keys() == HELD.keys()


def test_what_a_stacks_file_says_of_its_parameters_is_read():
    text = "\n".join(
        [
            "Description: one",
            "Parameters:",
            "  # A comment.",
            "  Revision:",
            "    Type: String",
            '    Default: ""',
            "",
            "  ClusterName:",
            "    Type: String",
            "Resources:",
            "  Cluster:",
            "    Type: AWS::ECS::Cluster",
        ]
    )
    assert declared(text) == {
        "Revision": {"Type": "String", "Default": ""},
        "ClusterName": {"Type": "String"},
    }
    assert declared("Resources: {}\n") == {}
