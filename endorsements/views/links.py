def confirm(request, token):
    raise NotImplementedError


disown = manage = second = renew = updates = ask_for_link = circulating = circulating_endorse = confirm
