"""Hosts that say nothing of who somebody is, because they belong to many: data, no code.

Kept by hand. A network that is missing would take all that give their page there for one organisation. Free-mail providers are in
`core.mail.providers`.
"""


def _hosts(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Networks, shops and shorteners, whose domain does not identify the owner of a page. Neither do their subdomains.
SHARED_HOSTS = _hosts(
    """
    facebook.com fb.com fb.me fb.watch messenger.com instagram.com threads.net linkedin.com lnkd.in x.com twitter.com t.co bsky.app
    mastodon.social tiktok.com snapchat.com pinterest.com reddit.com vk.com ok.ru weibo.com xing.com flickr.com youtube.com youtu.be
    vimeo.com dailymotion.com soundcloud.com spotify.com twitch.tv google.com g.page goo.gl forms.gle dropbox.com onedrive.live.com
    sharepoint.com icloud.com box.com wetransfer.com canva.com padlet.com t.me telegram.me telegram.org wa.me whatsapp.com discord.gg
    discord.com signal.group zoom.us bit.ly tinyurl.com ow.ly is.gd rb.gy cutt.ly linktr.ee beacons.ai about.me campsite.bio github.com
    gitlab.com blogger.com issuu.com scribd.com slideshare.net academia.edu researchgate.net orcid.org eventbrite.com meetup.com
    gofundme.com globalgiving.org patreon.com paypal.com paypal.me justgiving.com change.org avaaz.org mailchi.mp typeform.com
    surveymonkey.com jotform.com wikipedia.org wikimedia.org archive.org
    """
)

# Builders of websites: the host itself is nobody's, each subdomain is somebody's.
SITE_BUILDERS = _hosts(
    """
    wordpress.com blogspot.com weebly.com wix.com wixsite.com wixstudio.io editorx.io squarespace.com medium.com substack.com tumblr.com
    github.io gitlab.io codeberg.page netlify.app vercel.app pages.dev web.app firebaseapp.com herokuapp.com onrender.com
    azurewebsites.net jimdo.com jimdofree.com jimdosite.com webnode.com webnode.page strikingly.com mystrikingly.com site123.me
    godaddysites.com business.site carrd.co notion.site framer.website webflow.io tilda.ws ucoz.ru ucoz.com fc2.com webs.com
    yolasite.com ning.com wildapricot.org over-blog.com canalblog.com e-monsite.com typepad.com livejournal.com neocities.org
    mailchimpsites.com wpengine.com wpcomstaging.com
    """
)
