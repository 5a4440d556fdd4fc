"""How English-speaking customers open, ask for things, break off, come back and say good-bye."""

from __future__ import annotations

WISHES: dict[str, tuple[str, ...]] = {
    "open": (
        "[Hi|Hello|Hey|Hi there|Hello there][, |. |! ]{wish}",
        "[Good morning|Good afternoon|Good evening][. |, ]{wish}",
        "{wish}[ Can you help?| Can you help me with this?| Could you help me?| Please help.]",
        "[Hi all|Hi team|Hello everyone][, |. ]{wish}",
        "[I hope you can help|Hoping you can help|Maybe you can help][. |: ]{wish}",
        "[Hi, quick one|Hey, quick question|Just a quick one][: | - ]{wish}",
        "[Hello, I'm writing because of this|Hi, here's the thing|So here's my situation][: |. ]{wish}",
        "{wish}[ Thanks!| Thank you.| Thanks in advance.| Cheers.]",
        "[Hi, first time here|Hi, new here|Hello, I've never done this before][. |, so: ]{wish}",
        "{wish}",
    ),
    "sign off": (
        "[Kind|Best|Warm|Kindest|Warmest] regards[,|]\n{name}",
        "[Best wishes|All the best|Many thanks|With thanks|Thanks a lot][,|]\n{name}",
        "[Thanks in advance|Thank you in advance|Thanks for your help|Thank you for your time][,|.]\n{name}",
        "[Yours sincerely|Sincerely|Yours faithfully|Yours][,|]\n{name}",
        "[Looking forward to hearing from you|Hope to hear from you soon|Awaiting your reply][,|.]\n{name}",
    ),
    "vague": (
        "[Hi|Hello|hey][, I have a problem|, I've got a problem|, there's a problem][.|]",
        "[Hello|Hi|Hey there][, can you help me?|, could you help me out?|, anyone there?]",
        "[hey, |Hi, |]something came up[.|]",
        "[I need some help|I could use some help|need help][.| please|, please.]",
        "[Hi|Hello|Good morning][.|!|]",
        "[Got an issue here|I have an issue|Bit of a situation here][.|]",
        "[Hi, I don't really know where to start|Not sure who to talk to about this][.|]",
        "[Is this the right place to ask something?|Am I in the right place here?]",
    ),
    "other wish": (
        "[Actually|Hm, actually][, I want it otherwise.|, I want something else.] {wish}",
        "[On second thought|on second thoughts], forget that. {wish}",
        "[Sorry, |]I have thought again. {wish}",
        "[Wait|No wait|Oh wait], scratch that. {wish}",
        "[Hold on|Wait], let me change that. {wish}",
        "[Hmm, |Ah, |]I take that back. {wish}",
        "[Sorry|Hm], this instead: {wish}",
        "[No wait|Wait|Hold on]. {wish}",
        (
            "[I changed my mind|I've changed my mind|Sorry, changed my mind|Sorry, I've changed my "
            "mind]. {wish}"
        ),
        "[Sorry, wrong thing|Sorry, I said the wrong thing|My mistake]. {wish}",
        "[Actually, forget that|Wait, forget that|Sorry, forget that]. {wish}",
    ),
    "also": (
        "{first} [Also|And also|Oh, and also|And another thing][, |: ]{wish}",
        "{first} [And while I'm at it|While I'm here|While we're at it][, |: ]{wish}",
        "{first} [Second thing|Second question|Another question|Next question][: |, ]{wish}",
        "{first} [Plus|On top of that|One more][: |, ]{wish}",
        "[Two things.|I've got two questions.|A couple of things.] {first} [And|Then][: |, ]{wish}",
        "{first} [And by the way|Btw|Oh and][, |: ]{wish}",
        "{first} {wish}",
    ),
    "person": (
        "[Can I|Could I|May I] [talk|speak] to a [real person|human|person], please?",
        "I want to [speak|talk] to a [human|person|real person][.|]",
        "[Please put me through|Put me through|Please connect me] to a [person|human|colleague][.|]",
        "let me [talk|speak] to [someone|somebody] please",
        "[Get me a|I need a|Give me a] [human|real person|manager][.| please]",
        "[I'd like to speak to|Let me speak to] [your manager|a supervisor|someone][.|]",
        "[Can you transfer me to|Please transfer me to] [a colleague|an advisor|a real agent][.|?|]",
        "[Is there a real person I could talk to?|Any real human there?|human please]",
    ),
    "also generic": (
        (
            "[Is it safe to give my details here?|Is this chat safe?|Is this chat recorded?|Who can "
            "read this?]"
        ),
        "[How long will this chat take?|Will this take long?|Does this take long?|Is this quick?]",
        (
            "[Are you a robot?|Are you a bot?|Am I talking to a machine?|Are you human?|Is this a "
            "real person?]"
        ),
        "[Do you sell gift cards?|Do you have a newsletter?|Do you have an app?|Is there a loyalty card?]",
        (
            "[What are your opening hours?|Are you open on Sundays?|Where is your head office?|Are "
            "you hiring?]"
        ),
        "[Can I save this chat?|Can I have a copy of this chat?|Will you e-mail me a transcript?]",
        "[Do you speak Polish?|Is there a German version?|Can I write in French?]",
        "[Who owns your company?|How many people work there?|Is your boss nice?]",
        "[Who do I write to with a compliment?|Where can I leave a review?|Can I rate this chat?]",
    ),
    "topic": (
        (
            "[Did you see the match last night?|Did you watch the football yesterday?|Who do you "
            "think wins the cup?]"
        ),
        (
            "[What's the weather like where you are?|Is it raining where you are too?|How's the "
            "weather at your end?]"
        ),
        (
            "[Random question|Off topic|Completely different topic][: |, ][do you like music?|can "
            "you tell a joke?|are you having a good day?]"
        ),
        "[Can you recommend a good film?|Can you tell me a joke?|Do you know a good recipe for soup?]",
        "[Do you ever sleep?|Do you get tired?|What do you do all day?|Do you have a name?]",
        (
            "[By the way, |Oh, ][do you know who won the election?|what do you think about "
            "football?|have you got any plans for the weekend?]"
        ),
        "[What's the capital of Australia?|How far is it to the moon?|Do you speak Italian?]",
        "[How was your weekend?|How are you today, by the way?|Are you having a nice day?]",
    ),
    "back to it": (
        "[Anyway|Right, anyway|So anyway][, |. |: ]{value}",
        "[Back to my thing|Back to the topic|Back to business][. |: ]{value}",
        "[OK|Okay|Right][, where were we? |, to your question: |, so: ]{value}",
        "[Ok never mind the chit-chat. |Enough of that. |But let's go on. ]{value}",
        "[As for what you asked: |To answer you: |Your question, right: ]{value}",
        "[Sorry, got carried away. |Sorry for rambling. |Sorry, I wander off. ]{value}",
    ),
    "interrupt": (
        "[Hold on|Hang on|Wait|One moment|One second|One sec|Just a moment|Just a second][.|, please.|...]",
        (
            "[Hold on|Hang on|Wait|One sec], [someone's at the door|my phone is ringing|the kettle "
            "is boiling|the dog wants out][.|]"
        ),
        "[Give me a minute|Give me a second|give me a sec|Give me a moment][.|, please.]",
        "[Let me check|Let me look|Let me go and look|let me look that up][.|, one sec.]",
        "[brb|be right back|back in a minute|Back in a sec][.|]",
        (
            "[Sorry, one moment|Sorry, hang on|Sorry, just a sec], [my son is calling|I need my "
            "glasses|I have to find it][.|]"
        ),
    ),
    "unfinished": (
        "[It's|it is|That's|so it's|Well it's][...|]",
        "[The {label} is|My {label} is|my {label}][...|]",
        "[Ok so the|Right, the|Yes, the|so the] {label}[...| is| is...]",
        "[Hang on, the|Wait, the] {label} is[...|]",
        "[I've got it here, it's|I have it here, it's|here it is, it's][...|]",
        "[I think it's|I think it was|that would be|must be][...|]",
    ),
    "unfinished wish": (
        "[I'm writing because|I'm here because|I wanted to say that|So basically][...|]",
        "[So I have this|I've got this|There is this][...|]",
        "[Hi, I|Hello, I|Hey so I|ok so I][...|]",
        "[I wanted to ask if|I was wondering if|Could you tell me if|Just wanted to ask if][...|]",
        "[Hello, it's about|Hi, this is about|It's about the|About my][...|]",
        "[So yesterday I|Last week I|The other day I][...|]",
    ),
    "bye": (
        "[Thanks|Thank you|Cheers|Thanks a lot|Thank you very much][.|!|]",
        "[Great|Perfect|Lovely|Brilliant|Wonderful][, thanks| thank you|, thank you][.|!|]",
        "[OK, thanks|ok thank you|Okay, bye|Alright, thanks|All right then][.|]",
        "[That's all|That is all|Nothing else|That was all][, thanks|, thank you|][.|]",
        "[Bye|Goodbye|Have a good one|Have a nice day|See you][.|!|]",
    ),
    "thanks": (
        "[Thanks|Thank you|Cheers|Thanks a lot|Many thanks|Ta][.|!]",
        "[Thanks for|Thank you for] [your help|checking|looking into it|the quick reply][.|!]",
        "[Much appreciated|Very kind|That's kind of you|Appreciate it|I appreciate your help][.|!]",
        "[Great|Lovely|Perfect|Good], [thanks|thank you][.|!]",
        "[Hope that helps|I hope that helps|Hope that's all you need][.|]",
    ),
}
