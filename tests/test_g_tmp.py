import pytest, os
pytestmark = pytest.mark.xdist_group("p")
@pytest.mark.parametrize("n",range(6))
def test_a(n): 
    import time; time.sleep(.2)
