def endorse(request, page):
    raise NotImplementedError
