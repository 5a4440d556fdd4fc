"""How English-speaking customers tell facts: when asked, unasked, wrongly, again, and taken back."""

from __future__ import annotations

FACTS: dict[str, tuple[str, ...]] = {
    "tell": (
        "{value}",
        "[It's|it is|Its] {value}[.|]",
        "{value}[, thanks|, thank you| - thanks|, cheers]",
        "[That would be|That'd be|that's|should be] {value}[.|]",
        "[Sure, it's|Of course. It's|ok, it's|Sure:] {value}",
        "[Here you go:|here it is:|Right, here it is:] {value}",
        "[Let me see... |Just a sec... ok, ]{value}",
        "[It says|I've got|I have] {value}[ here| in front of me|]",
        "{value}[, I believe|, if I'm reading it right|, I think]",
        "[So it's|so that's|well, it's|um, it's] {value}",
        "{value}[, is that what you need?|, is that the one?|. Is that the right one?]",
        "[Found it: |got it, |Ah, here: ]{value}",
    ),
    "tell by name": (
        "[My|The|my] {label} is {value}[.|]",
        "{label}: {value}",
        "[For the|as for the] {label}[, it's|: it's] {value}[.|]",
        "{value} is [the|my] {label}[.|]",
        "[Sure, the|Yes, the|OK, my|Of course, my] {label} is {value}[.|]",
        "[{label} would be|the {label} would be] {value}",
        "[The {label} you want is|the {label} I have is] {value}[.|]",
    ),
    "tell choice": (
        "{value}",
        "[It's|it is|Its] {value}[.|]",
        "{value}[, please|, thanks| I'd say| I guess|, I suppose]",
        "[I'd say|I'd go for|I would say|Let's say] {value}[.|]",
        "[Probably|Mostly|Simply|Just] {value}[.|]",
        "[That'd be|That would be|must be] {value}[.|]",
        "[Well, |Hm, |Um, |So, ]{value}",
        "{value}[ if you ask me| is the closest| fits best| is the right one]",
        "[Out of those, |If I have to pick, |From your list: ]{value}",
    ),
    "tell what happened": (
        "{value}",
        "{subject} {value}[.|, that's all.|, sorry.|, to be honest]",
        "[Because|It's because|Just because|Simply because] {subject} {value}[.|]",
        "[Well, |Um, |So, |Honestly, |To be honest, ]{subject} {value}[.|]",
        "[The thing is, |The problem is, |Basically, |Nothing dramatic, ]{subject} {value}[.|]",
        "{value}[, I'm afraid|, unfortunately|, what can I say]",
    ),
    "yes": (
        "[Yes|yes|Yeah|yeah|Yep|yep|Yup|yup]",
        "[Yes|Yeah|Yep][, please| please|, thanks]",
        "[Yes, that's right|that's right|Right|Correct|that is correct][.|]",
        "[Of course|Sure|sure thing|Certainly|Absolutely|Definitely][.|]",
        "[Yes, of course|Yes, sure|yes yes|Yes indeed|Well, yes][.|]",
        "[I'd say yes|I think so, yes|It's a yes from me|yes from my side][.|]",
        "[OK, yes|ok yes|Okay, yes|alright, yes][.|]",
        "[uh-huh, yes|mhm, yes|hmm, yes][.|]",
    ),
    "no": (
        "[No|no|Nope|nope|Nah|nah][.|]",
        "[No|Nope][, thanks|, thank you| thanks|, sorry]",
        "[Not really|Not at all|Certainly not|Absolutely not|Definitely not][.|]",
        "[No, not at all|No, it isn't|No, that's not it|no, not really][.|]",
        "[I don't think so|I wouldn't say so, no|I'd say no|It's a no from me][.|]",
        "[no no|no, no|Well, no|hmm, no|um, no|Oh no, no][.|]",
        "[That's a no|that would be a no|the answer is no][.|]",
    ),
    "add": (
        "[My|The|And my|And the] {label} is {value}[.|]",
        "[By the way, |btw ]my {label} is {value}[.|]",
        "[In case you need it, |In case it helps, ]the {label} is {value}[.|]",
        "[{label}: |The {label}: ]{value}[.|]",
        "[You'll probably want|you may need] the {label}[ too|, too]: {value}",
        "[I also have the|I've also got the] {label}[ here|]: {value}",
        "[Before you ask, |So you know, |Just so you have it, ]my {label} is {value}[.|]",
    ),
    "add late": (
        (
            "[One more thing|One thing I forgot|Something I should have said][: the| - the|. The] "
            "{label} is {value}[.|]"
        ),
        (
            "[Oh, I forgot to say|I forgot to mention|Oh, and I should have told you][: the| - the] "
            "{label} is {value}[.|]"
        ),
        (
            "[Wait, |Oh wait, |Sorry, ]I [left something out|missed something earlier][.|:] The "
            "{label} is {value}[.|]"
        ),
        (
            "[I only see now that|I just noticed that|It turns out] the {label} is {value}[, sorry|. "
            "Sorry about that|][.|]"
        ),
        "[Sorry, late to mention this|Sorry, should have led with this][:| -] {label}: {value}[.|]",
        "[Actually, in full honesty, |Actually, to be exact, ]the {label} is {value}[.|]",
    ),
    "correct": (
        (
            "[Sorry|Oops|Ah sorry|So sorry][, I gave you the wrong {label}, it should be|, wrong "
            "{label}. It should be] {value}[.|]"
        ),
        (
            "[Wait, that was a mistake|Hang on, that was a mistake|Oh no, my mistake][:| -] my "
            "{label} is {value}[.|]"
        ),
        "[Correction|Small correction|One correction][:|,] the {label} is {value}[.|]",
        (
            "[I mistyped|I've mistyped|I got a typo in] the {label}[, sorry|][. It should be|, "
            "should be] {value}[.|]"
        ),
        (
            "[That {label} was wrong|The {label} I gave was wrong|wrong {label}, sorry][. I meant|, "
            "I meant] {value}[.|]"
        ),
        "[Sorry, I meant|oh sorry, I meant] {value}[ for the {label}| as the {label}][.|]",
    ),
    "take back": (
        (
            "[Actually|Hm, actually|You know what, actually][, make the| - make the| make the] "
            "{label} {value}[ instead|, please|][.|]"
        ),
        "[Sorry, |]I have thought again: the {label} should be {value}[ after all|][.|]",
        "[On second thought|on second thoughts|Hmm, on second thought], the {label} is {value}[.|]",
        "[Wait|Oh wait|No wait][, scratch that. The|, scratch that, the] {label} is {value}[.|]",
        "[Hold on|Wait][, about the|: about the] {label}: I'd rather say {value}[.|]",
        "[Hmm, I take back|I take back|I want to take back] what I said. {label}: {value}[.|]",
        (
            "[Sorry, let me change that|let me change that][:| -] the {label} should be {value}[ "
            "after all|][.|]"
        ),
        (
            "[I changed my mind|I've changed my mind about that|Sorry, I changed my mind][:| -] "
            "{label}: {value}[.|]"
        ),
    ),
    "take back yes or no": (
        "[Actually|Hm, actually], {label}: {value}[.|]",
        "[Sorry, |]I have thought again. {label}: {value}[.|]",
        "[On second thought|on second thoughts|Hmm, on second thought], {label}: {value}[.|]",
        "[Wait, |Sorry, |]let me change that. {label}: {value}[.|]",
        "Hold on, about “{label}”: make that a {value}[.|]",
        "[Hmm, I take back|I take back] what I said. {label}: {value}[.|]",
        "[Sorry, I answered|I answered] “{label}” too [fast|quickly], it should be a {value}[.|]",
        "[No wait|Wait], {label}: {value} after all[.|]",
        "[I changed my mind|I've changed my mind][:| -] {label}: {value}[.|]",
    ),
    "in one breath": (
        "{first} [Actually|Hm, actually], make that {value}[.|, please.]",
        "{first} [Sorry, |]I'd rather say {value}[.|]",
        "{first} [On second thought|On second thoughts|Hmm, on second thought], {value}[.|]",
        "{first} [Wait|Oh wait|No wait], scratch that: {value}[.|]",
        "{first} [Hmm, |Ah, |]I take that back: {value}[.|]",
        "{first} [Hold on|Wait], let me change that to {value}[.|]",
        "{first} [Sorry, |]I have thought again: {value}[ after all|][.|]",
        "{first} [No wait|Wait], make that {value}, actually[.|]",
        "{first} [No, I changed my mind|I've changed my mind]: {value}[.|]",
    ),
    "again": (
        "[I already told you|I told you already|I've already said it][:|,] {value}",
        "[As I said|Like I said|Again][,|:] {value}",
        "{value}[!!|!|. How often do I have to say it?|. Please read what I write.]",
        "[Once more|One more time|For the second time][:| -] {value}",
        "[You asked that before.|You just asked me that.|I just gave you that.] {value}",
        "[Seriously? |Come on. |Ugh. |Still ]{value}",
        "[Scroll up, it's|Same as before:|same as a minute ago:] {value}",
        "[My answer is the same:|it hasn't changed:|It's still] {value}",
    ),
    "unknown": (
        "[I don't know|I do not know|don't know|I really don't know][, sorry|][.|]",
        "[No idea|Honestly no idea|no idea at all][, sorry|][.|]",
        "[I can't find it|I can't find that anywhere|I can't find that one][.|, sorry.]",
        "[I'm not sure|Not sure|I'm really not sure][.|, to be honest.]",
        "[I can't remember|can't remember|I can't remember that][.|, sorry.]",
        "[I don't have that|I don't have it][ here| with me| to hand|][.|]",
    ),
    "refuse": (
        "[I'd rather not say|I would rather not say|rather not, sorry][.|]",
        "[I won't give you that|I won't tell you that|I won't share that here][.|, sorry.]",
        (
            "[I'm not comfortable sharing that|I'm not comfortable with that|not comfortable giving "
            "that out][.|]"
        ),
        "[I prefer not to tell you|I'd prefer not to share that|prefer not to say][.|]",
        "[I don't want to say|I don't want to give that|I don't want to share that][.| in a chat.| here.]",
        "[That's none of your business|None of your business, honestly|none of your business][.|]",
        "[I'm not going to|I'm not giving|I'm not telling][ you that| out that][.|]",
        "[I refuse to|Sorry, I refuse to] [share|give you] that[.|]",
    ),
}
