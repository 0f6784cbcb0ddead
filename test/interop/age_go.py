"""The newest age of Go with plugins of its module, built once into a folder."""
import go_tools

VERSION = 'v1.3.2'
# The keys that age-plugin-tagtest has in it.
TAG = 'age1tag1qwe0kafsjrar4txm6heqnhpfuggzr0gvznz7fvygxrlq90u5mq2pysxtw6h'


def tools(folder):
    """age, age-keygen and the plugins of its module, built once; None without Go."""
    bin_ = folder / f'age-{VERSION}'
    mark = bin_ / 'whole'
    if not mark.exists():
        bin_.mkdir(parents=True, exist_ok=True)
        try:
            go_tools.install(bin_, 'filippo.io/age', VERSION,
                             ('cmd/age', 'cmd/age-keygen', 'extra/age-plugin-pq',
                              'tag/internal/age-plugin-tagtest'))
        except go_tools.Missing as e:
            print(e)
            return None
        mark.touch()
    return bin_


def tagpq(bin_):
    """The hybrid test key of the plugin stands in its binary: 2,015 characters from its head."""
    data = (bin_ / 'age-plugin-tagtest').read_bytes()
    at = data.index(b'age1tagpq14h4z7')
    return data[at:at + 2015].decode()
