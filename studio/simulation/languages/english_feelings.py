"""How English-speaking customers show anger and worry, plead, and challenge what they are told."""

from __future__ import annotations

FEELINGS: dict[str, tuple[str, ...]] = {
    "angry": (
        "This is [ridiculous|a joke|unacceptable|beyond me|getting silly][.|!]",
        "I am [really fed up with this|so annoyed|sick of this|losing my patience|furious][.|!]",
        "[This is the third attempt|I've tried this three times already|I keep going in circles][.|!]",
        "[Unbelievable|Honestly|Seriously|For heaven's sake|Oh come on][.|!]",
        "[What a mess|What a shambles|What a circus|What terrible service][.|!]",
        "[Nobody there seems to care|Nobody over there cares|You people never listen][.|!]",
        "[I've had enough|I have had it with you lot|That's the last straw][.|!]",
        "[I expected better|I expected a lot better|I expected more from you][.|!]",
    ),
    "worried": (
        "[I'm a bit worried about this|This worries me a bit|I'm quite worried, to be honest][.|]",
        "[I hope I haven't done anything silly|I hope I did this properly|Hopefully it's not too late][.|]",
        "[This has been keeping me up|I couldn't sleep over this|I keep thinking about it][.|]",
        "[I'm really nervous about this|I'm getting nervous|I'm anxious about the whole thing][.|]",
        "[Please tell me it'll be fine|I just hope it works out|I hope that's OK][.|]",
        "[I've never had this before|I don't want to lose out here|I really need this to work out][.|]",
        "[Sorry to be a bother|Sorry if that's a silly thing|Sorry, I'm all over the place][.|]",
        "[Is everything alright there?|Is that bad?|Will that be OK?]",
    ),
    "plea": (
        "[Can't|Couldn't] you make an exception[ for me| in my case|]?",
        "Could you make an exception, [just this once|only this one|please]?",
        "[Surely there is|Isn't there|There must be] an exception for cases like mine[?|.]",
        "[Just this once, please|Please, just this once|Can't it be done just this once?]",
        (
            "[Can't you bend the rules a little?|Could you bend the rules for me?|Bend the rules a "
            "bit, please]"
        ),
        "[Please make it work somehow|Can you make it work anyway?|There must be a way to make it work]",
        (
            "[I've been a customer for years, can't you make an exception?|As a loyal customer, I'd "
            "hope for an exception]"
        ),
        (
            "[Be kind and make an exception|Have a heart, make an exception|Would you make an "
            "exception for an old customer?]"
        ),
        (
            "[I know the rules, but could there be an exception?|Rules are rules, but can't you help "
            "me out just this once?]"
        ),
    ),
    "challenge": (
        "[Are you sure|Are you sure about that|Are you really sure][?| about this?]",
        "[That can't be right|That cannot be right|This can't be right][.|!|, is it?]",
        "[I don't agree|I disagree|I don't agree with that][.|, at all.]",
        "[That's not fair|That isn't fair|That's so unfair|How is that fair?]",
        "[I don't believe that|I don't believe you|I find that hard to believe][.|]",
        "[Why not?|Why is that?|How come?|Says who?|Where does it say that?]",
        (
            "[Please check that again|Can you check that again?|Look again, please|Could you "
            "double-check that?]"
        ),
        (
            "[On your website it says otherwise|Your website says something else|Your colleague told "
            "me something else][.|]"
        ),
        "[That makes no sense|That doesn't make sense|This makes no sense to me][.|]",
    ),
}
